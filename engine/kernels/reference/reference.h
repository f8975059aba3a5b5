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
Status PrepareL2Pool2d(PrepareContext& context);

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

// unary.cc
Status InferSameShape(InferContext& context);
Status PrepareRelu(PrepareContext& context);
Status PrepareRelu6(PrepareContext& context);
Status PrepareReluN1To1(PrepareContext& context);
Status PrepareRelu0To1(PrepareContext& context);
Status PrepareLogistic(PrepareContext& context);
Status PrepareTanh(PrepareContext& context);

// math_unary.cc
Status PrepareAbs(PrepareContext& context);
Status PrepareNeg(PrepareContext& context);
Status PrepareSign(PrepareContext& context);
Status PrepareSquare(PrepareContext& context);
Status PrepareSqrt(PrepareContext& context);
Status PrepareRsqrt(PrepareContext& context);
Status PrepareExp(PrepareContext& context);
Status PrepareLog(PrepareContext& context);
Status PrepareSin(PrepareContext& context);
Status PrepareCos(PrepareContext& context);
Status PrepareCeil(PrepareContext& context);
Status PrepareFloor(PrepareContext& context);
Status PrepareRound(PrepareContext& context);
Status PrepareLogicalNot(PrepareContext& context);

// math_binary.cc
Status PrepareDiv(PrepareContext& context);
Status PrepareFloorDiv(PrepareContext& context);
Status PrepareFloorMod(PrepareContext& context);
Status PreparePow(PrepareContext& context);
Status PrepareSquaredDifference(PrepareContext& context);
Status PrepareAtan2(PrepareContext& context);

// comparison.cc
Status PrepareEqual(PrepareContext& context);
Status PrepareNotEqual(PrepareContext& context);
Status PrepareGreater(PrepareContext& context);
Status PrepareGreaterEqual(PrepareContext& context);
Status PrepareLess(PrepareContext& context);
Status PrepareLessEqual(PrepareContext& context);
Status PrepareLogicalAnd(PrepareContext& context);
Status PrepareLogicalOr(PrepareContext& context);
Status PrepareBitwiseXor(PrepareContext& context);
Status PrepareRightShift(PrepareContext& context);

// activations.cc
Status PrepareElu(PrepareContext& context);
Status PrepareGelu(PrepareContext& context);
Status PrepareHardSwish(PrepareContext& context);
Status PrepareLeakyRelu(PrepareContext& context);

// log_softmax.cc, normalization.cc
Status PrepareLogSoftmax(PrepareContext& context);
Status PrepareL2Normalization(PrepareContext& context);
Status InferLocalResponseNormalization(InferContext& context);
Status PrepareLocalResponseNormalization(PrepareContext& context);

// add_n.cc, select.cc
Status InferAddN(InferContext& context);
Status PrepareAddN(PrepareContext& context);
Status InferSelect(InferContext& context);
Status PrepareSelect(PrepareContext& context);
Status InferSelectV2(InferContext& context);
Status PrepareSelectV2(PrepareContext& context);

// prelu.cc
Status InferPrelu(InferContext& context);
Status PreparePrelu(PrepareContext& context);

// quantize.cc, cast.cc
Status PrepareQuantize(PrepareContext& context);
Status PrepareDequantize(PrepareContext& context);
Status PrepareCast(PrepareContext& context);

// concatenation.cc
Status InferConcatenation(InferContext& context);
Status PrepareConcatenation(PrepareContext& context);
Status InferPack(InferContext& context);
Status PreparePack(PrepareContext& context);

// split.cc
Status InferSplit(InferContext& context);
Status PrepareSplit(PrepareContext& context);
Status InferSplitV(InferContext& context);
Status PrepareSplitV(PrepareContext& context);
Status InferUnpack(InferContext& context);
Status PrepareUnpack(PrepareContext& context);

// transpose.cc
Status InferTranspose(InferContext& context);
Status PrepareTranspose(PrepareContext& context);

// pad.cc
Status InferPad(InferContext& context);
Status PreparePad(PrepareContext& context);

// strided_slice.cc
Status InferStridedSlice(InferContext& context);
Status PrepareStridedSlice(PrepareContext& context);

// gather.cc
Status InferGather(InferContext& context);
Status PrepareGather(PrepareContext& context);

// mean.cc
Status InferReduction(InferContext& context);
Status PrepareMean(PrepareContext& context);

// reduce.cc, arg_min_max.cc, cumsum.cc
Status PrepareSum(PrepareContext& context);
Status PrepareReduceProd(PrepareContext& context);
Status PrepareReduceMax(PrepareContext& context);
Status PrepareReduceMin(PrepareContext& context);
Status PrepareReduceAny(PrepareContext& context);
Status PrepareReduceAll(PrepareContext& context);
Status InferArg(InferContext& context);
Status PrepareArgMax(PrepareContext& context);
Status PrepareArgMin(PrepareContext& context);
Status PrepareCumsum(PrepareContext& context);

// resize_bilinear.cc
Status InferResize(InferContext& context);
Status PrepareResizeBilinear(PrepareContext& context);

// shape_op.cc
Status InferShape(InferContext& context);
Status PrepareShape(PrepareContext& context);

// variables.cc
Status InferNothing(InferContext& context);
Status InferReadVariable(InferContext& context);
Status PrepareCallOnce(PrepareContext& context);
Status InferVarHandle(InferContext& context);
Status PrepareVarHandle(PrepareContext& context);
Status PrepareReadVariable(PrepareContext& context);
Status PrepareAssignVariable(PrepareContext& context);

}  // namespace tfld::engine::reference
