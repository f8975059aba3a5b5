// The portable, exact operators: shape rules and preparations, by file. Listed in kernels/operators.cc.
//
// Integers come out bit for bit as from TensorFlow Lite's reference kernels; floats are summed in their order.
#pragma once

#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

// conv_2d.cc
Status InferConv2d(InferContext& context);
Status PrepareConv2d(PrepareContext& context);

// depthwise_conv_2d.cc
Status InferDepthwiseConv2d(InferContext& context);
Status PrepareDepthwiseConv2d(PrepareContext& context);

// fully_connected.cc
Status InferFullyConnected(InferContext& context);
Status PrepareFullyConnected(PrepareContext& context);

// pool_2d.cc
Status InferPool2d(InferContext& context);
Status PrepareAveragePool2d(PrepareContext& context);
Status PrepareMaxPool2d(PrepareContext& context);

// softmax.cc
Status InferSoftmax(InferContext& context);
Status PrepareSoftmax(PrepareContext& context);

// elementwise_binary.cc
Status InferBinary(InferContext& context);
Status PrepareAdd(PrepareContext& context);
Status PrepareSub(PrepareContext& context);
Status PrepareMul(PrepareContext& context);
Status PrepareMaximum(PrepareContext& context);
Status PrepareMinimum(PrepareContext& context);

// reshape.cc
Status InferReshape(InferContext& context);
Status InferSqueeze(InferContext& context);
Status InferExpandDims(InferContext& context);
Status PrepareReshape(PrepareContext& context);

}  // namespace tfld::engine::reference
