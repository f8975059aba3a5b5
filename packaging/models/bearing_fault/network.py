"""The two networks: convolutions over time, written as 2-D ones with a width of 1, [windows, samples, 1, channels].

The first convolution learns band-pass filters around the resonances, its rectifier and the pooling make an envelope of
what they let through, and the later convolutions look for the pattern of impacts in that envelope: the classical
envelope analysis, learnt. Every layer becomes CONV_2D, DEPTHWISE_CONV_2D, MAX_POOL_2D, AVERAGE_POOL_2D, ADD, MEAN,
FULLY_CONNECTED or SOFTMAX.
"""
import keras
from keras import layers

from signals import LABELS, WINDOW


def convolution(x, channels, taps, stride=1, relu=True):
    x = layers.Conv2D(channels, (taps, 1), (stride, 1), padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.ReLU()(x) if relu else x


def residual(x, taps):
    """A depthwise convolution over time and a pointwise one over channels, added to what came in."""
    y = layers.DepthwiseConv2D((taps, 1), padding="same", use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    return layers.ReLU()(layers.Add()([x, convolution(y, x.shape[-1], 1, relu=False)]))


def classify(vibration, x, dropout):
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(dropout)(x)
    return keras.Model(vibration, layers.Dense(len(LABELS))(x))  # logits; export.py adds the softmax


def version_1():
    """Small: one bank of filters, two convolutions over the envelope."""
    vibration = keras.Input((WINDOW, 1, 1))
    x = convolution(vibration, 12, 32, stride=4)
    x = layers.MaxPooling2D((4, 1))(x)
    x = convolution(x, 24, 9, stride=2)
    x = convolution(x, 40, 9, stride=2)
    return classify(vibration, x, 0.1)


def version_2():
    """Better: finer filters at twice the rate, a longer look at the envelope, residual blocks."""
    vibration = keras.Input((WINDOW, 1, 1))
    x = convolution(vibration, 24, 32, stride=2)
    x = layers.AveragePooling2D((4, 1))(x)
    x = convolution(x, 40, 17, stride=2)
    x = residual(x, 17)
    x = residual(x, 17)
    x = layers.MaxPooling2D((2, 1))(x)
    x = convolution(x, 64, 5)
    x = residual(x, 17)
    return classify(vibration, x, 0.2)
