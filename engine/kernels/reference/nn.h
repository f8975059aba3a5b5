// The operators of neural networks beyond the plain convolutions: shape rules and preparations.
#pragma once

#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

// transpose_conv.cc
Status InferTransposeConv(InferContext& context);
Status PrepareTransposeConv(PrepareContext& context);

// fully_connected_shuffled.cc: for weights in tiles. The shapes are those that fully_connected.cc has checked.
Status PrepareShuffledFullyConnected(PrepareContext& context, Activation activation);

// fully_connected_blockwise.cc: for weights with a scale a block. The shapes are checked here too.
Status PrepareBlockwiseFullyConnected(PrepareContext& context, Activation activation, std::int64_t batches);

// convolution_2d_transpose_bias.cc
Status InferConvolution2DTransposeBias(InferContext& context);
Status PrepareConvolution2DTransposeBias(PrepareContext& context);

// hadamard_rotation.cc
Status InferHadamardRotation(InferContext& context);
Status PrepareHadamardRotation(PrepareContext& context);

// batch_matmul.cc
Status InferBatchMatmul(InferContext& context);
Status PrepareBatchMatmul(PrepareContext& context);

// conv_3d.cc, conv_3d_transpose.cc
Status InferConv3d(InferContext& context);
Status PrepareConv3d(PrepareContext& context);
Status InferConv3dTranspose(InferContext& context);
Status PrepareConv3dTranspose(PrepareContext& context);

// densify.cc, dilate.cc, reduce_window.cc
Status InferDensify(InferContext& context);
Status PrepareDensify(PrepareContext& context);
Status InferDilate(InferContext& context);
Status PrepareDilate(PrepareContext& context);
Status InferReduceWindow(InferContext& context);
Status PrepareReduceWindow(PrepareContext& context);

// max_pooling_with_argmax.cc, max_unpooling.cc
Status InferMaxPoolingWithArgmax(InferContext& context);
Status PrepareMaxPoolingWithArgmax(PrepareContext& context);
Status InferMaxUnpooling(InferContext& context);
Status PrepareMaxUnpooling(PrepareContext& context);

}  // namespace tfld::engine::reference
