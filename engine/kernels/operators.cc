// The explicit list of all operators.
#include <array>

#include "engine/kernels/operator.h"
#include "engine/kernels/reference/complex.h"
#include "engine/kernels/reference/control_flow.h"
#include "engine/kernels/reference/custom/custom.h"
#include "engine/kernels/reference/movement.h"
#include "engine/kernels/reference/nn.h"
#include "engine/kernels/reference/random.h"
#include "engine/kernels/reference/recurrent.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/signal/signal.h"
#include "engine/kernels/reference/stablehlo/stablehlo.h"
#include "engine/kernels/reference/text.h"
#include "operator_selection.h"

namespace tfld::engine {
namespace {

namespace r = reference;

constexpr std::string_view kCustomPrefix = "custom:";

consteval std::string_view BuiltinName(OpCode code) {
  switch (code) {
#define TFLD_OP(constant, name, number) \
  case OpCode::constant:                \
    return #name;
#include "engine/graph/op_codes.inc"
#undef TFLD_OP
  }
  return {};
}

constexpr Arity kUnary{1, 1, 1, 1};
constexpr Arity kBinary{2, 2, 1, 1};

constexpr Arity kMany{1, kAnyNumber, 1, 1};
constexpr bool kHasEffects = false;  // in the place of `foldable`
constexpr bool kFoldable = true;
constexpr bool kIsView = true;
constexpr bool kHasOwnBytes = false;
constexpr bool kShapeOnly = true;
constexpr bool kNotShapeOnly = false;
constexpr bool kTakesDynamic = true;

// One row an operator: code, custom name, newest version, arity {min, max inputs; min, max outputs}, shape rule,
// kernel.
constexpr auto kAllOperators = std::to_array<Operator>({
    {OpCode::kAbs, "", 5, kUnary, r::InferSameShape, r::PrepareAbs},
    {OpCode::kAdd, "", 6, kBinary, r::InferBinary, r::PrepareAdd},
    {OpCode::kAddN, "", 1, kMany, r::InferAddN, r::PrepareAddN},
    {OpCode::kArgMax, "", 3, kBinary, r::InferArg, r::PrepareArgMax},
    {OpCode::kArgMin, "", 3, kBinary, r::InferArg, r::PrepareArgMin},
    {OpCode::kAssignVariable, "", 1, {2, 2, 0, 0}, r::InferNothing, r::PrepareAssignVariable, kHasEffects},
    {OpCode::kAtan2, "", 1, kBinary, r::InferBinary, r::PrepareAtan2},
    {OpCode::kAveragePool2d, "", 3, kUnary, r::InferPool2d, r::PrepareAveragePool2d},
    {OpCode::kBatchToSpaceNd, "", 4, {3, 3, 1, 1}, r::InferBatchToSpace, r::PrepareBatchToSpace},
    {OpCode::kBidirectionalSequenceLstm,
     "",
     3,
     {1, 48, 1, 2},
     r::InferBidirectionalSequenceLstm,
     r::PrepareBidirectionalSequenceLstm,
     kHasEffects},
    {OpCode::kBidirectionalSequenceRnn,
     "",
     3,
     {9, 12, 1, 2},
     r::InferBidirectionalSequenceRnn,
     r::PrepareBidirectionalSequenceRnn,
     kHasEffects},
    {OpCode::kBatchMatmul, "", 4, kBinary, r::InferBatchMatmul, r::PrepareBatchMatmul},
    {OpCode::kBitcast, "", 1, kUnary, r::InferBitcast, r::PrepareBitcast, kFoldable, kIsView},
    {OpCode::kBitwiseXor, "", 1, kBinary, r::InferBinary, r::PrepareBitwiseXor},
    {OpCode::kBroadcastArgs, "", 1, kBinary, r::InferBroadcastArgs, r::PrepareBroadcastArgs},
    {OpCode::kBroadcastTo, "", 4, kBinary, r::InferBroadcastTo, r::PrepareBroadcastTo},
    {OpCode::kBucketize, "", 1, kUnary, r::InferSameShape, r::PrepareBucketize},
    {OpCode::kCallOnce, "", 1, {0, 0, 0, 0}, r::InferNothing, r::PrepareCallOnce, kHasEffects},
    {OpCode::kCast, "", 9, kUnary, r::InferSameShape, r::PrepareCast},
    {OpCode::kCeil, "", 1, kUnary, r::InferSameShape, r::PrepareCeil},
    {OpCode::kComplexAbs, "", 1, kUnary, r::InferSameShape, r::PrepareComplexAbs},
    {OpCode::kConcatenation, "", 7, kMany, r::InferConcatenation, r::PrepareConcatenation},
    {OpCode::kConv2d, "", 8, {2, 3, 1, 1}, r::InferConv2d, r::PrepareConv2d},
    {OpCode::kConv3d, "", 1, {2, 3, 1, 1}, r::InferConv3d, r::PrepareConv3d},
    {OpCode::kConv3dTranspose, "", 1, {3, 4, 1, 1}, r::InferConv3dTranspose, r::PrepareConv3dTranspose},
    {OpCode::kCos, "", 2, kUnary, r::InferSameShape, r::PrepareCos},
    {OpCode::kCumsum, "", 1, kBinary, r::InferSameShape, r::PrepareCumsum},
    {OpCode::kCustom, "AudioSpectrogram", 1, kUnary, r::InferAudioSpectrogram, r::PrepareAudioSpectrogram},
    {OpCode::kCustom,
     "Convolution2DTransposeBias",
     1,
     {3, 3, 1, 1},
     r::InferConvolution2DTransposeBias,
     r::PrepareConvolution2DTransposeBias},
    {OpCode::kCustom,
     "MaxPoolingWithArgmax2D",
     1,
     {1, 1, 2, 2},
     r::InferMaxPoolingWithArgmax,
     r::PrepareMaxPoolingWithArgmax},
    {OpCode::kCustom, "MaxUnpooling2D", 1, kBinary, r::InferMaxUnpooling, r::PrepareMaxUnpooling},
    {OpCode::kCustom, "Mfcc", 1, kBinary, r::InferMfcc, r::PrepareMfcc},
    {OpCode::kCustom, "NumericVerify", 1, kBinary, r::InferNumericVerify, r::PrepareNumericVerify},
    {OpCode::kCustom, "SignalDelay", 1, kUnary, r::InferSignalDelay, r::PrepareSignalDelay, kHasEffects},
    {OpCode::kCustom, "SignalEnergy", 1, kUnary, r::InferSignalEnergy, r::PrepareSignalEnergy},
    {OpCode::kCustom, "SignalFftAutoScale", 1, {1, 1, 2, 2}, r::InferSignalFftAutoScale, r::PrepareSignalFftAutoScale},
    {OpCode::kCustom, "SignalFilterBank", 1, {6, 6, 1, 1}, r::InferSignalFilterBank, r::PrepareSignalFilterBank},
    {OpCode::kCustom, "SignalFilterBankLog", 1, kUnary, r::InferSignalChannels, r::PrepareSignalFilterBankLog},
    {OpCode::kCustom,
     "SignalFilterBankSpectralSubtraction",
     1,
     {1, 1, 2, 2},
     r::InferSignalChannels,
     r::PrepareSignalFilterBankSpectralSubtraction,
     kHasEffects},
    {OpCode::kCustom, "SignalFilterBankSquareRoot", 1, kBinary, r::InferSignalChannels,
     r::PrepareSignalFilterBankSquareRoot},
    {OpCode::kCustom, "SignalFramer", 1, {1, 1, 2, 2}, r::InferSignalFramer, r::PrepareSignalFramer, kHasEffects},
    {OpCode::kCustom, "SignalIrfft", 1, kUnary, r::InferSignalIrfft, r::PrepareSignalIrfft},
    {OpCode::kCustom, "SignalOverlapAdd", 1, kUnary, r::InferSignalOverlapAdd, r::PrepareSignalOverlapAdd, kHasEffects},
    {OpCode::kCustom, "SignalPCAN", 1, {3, 3, 1, 1}, r::InferSignalChannels, r::PrepareSignalPcan},
    {OpCode::kCustom, "SignalRfft", 1, kUnary, r::InferSignalRfft, r::PrepareSignalRfft},
    {OpCode::kCustom, "SignalStacker", 1, {1, 1, 2, 2}, r::InferSignalStacker, r::PrepareSignalStacker, kHasEffects},
    {OpCode::kCustom, "SignalWindow", 1, kBinary, r::InferSignalWindow, r::PrepareSignalWindow},
    {OpCode::kCustom,
     "TFLite_Detection_PostProcess",
     1,
     {3, 3, 4, 4},
     r::InferDetectionPostProcess,
     r::PrepareDetectionPostProcess},
    {OpCode::kCustom, "aeq.hadamard_rotation", 1, kUnary, r::InferHadamardRotation, r::PrepareHadamardRotation},
    {OpCode::kDensify, "", 1, kUnary, r::InferDensify, r::PrepareDensify},
    {OpCode::kDepthToSpace, "", 2, kUnary, r::InferDepthToSpace, r::PrepareDepthToSpace},
    {OpCode::kDepthwiseConv2d, "", 7, {2, 3, 1, 1}, r::InferDepthwiseConv2d, r::PrepareDepthwiseConv2d},
    {OpCode::kDequantize, "", 9, kUnary, r::InferSameShape, r::PrepareDequantize},
    {OpCode::kDilate, "", 1, {3, 3, 1, 1}, r::InferDilate, r::PrepareDilate},
    {OpCode::kDiv, "", 2, kBinary, r::InferBinary, r::PrepareDiv},
    {OpCode::kDynamicUpdateSlice, "", 6, {3, 3, 1, 1}, r::InferDynamicUpdateSlice, r::PrepareDynamicUpdateSlice},
    {OpCode::kElu, "", 1, kUnary, r::InferSameShape, r::PrepareElu},
    {OpCode::kEmbeddingLookup, "", 5, kBinary, r::InferEmbeddingLookup, r::PrepareEmbeddingLookup},
    {OpCode::kEmbeddingLookupSparse,
     "",
     1,
     {5, 5, 1, 1},
     r::InferEmbeddingLookupSparse,
     r::PrepareEmbeddingLookupSparse},
    {OpCode::kEqual, "", 5, kBinary, r::InferBinary, r::PrepareEqual},
    {OpCode::kExp, "", 2, kUnary, r::InferSameShape, r::PrepareExp},
    {OpCode::kExpandDims, "", 1, kBinary, r::InferExpandDims, r::PrepareReshape, kFoldable, kIsView},
    {OpCode::kFakeQuant, "", 2, kUnary, r::InferSameShape, r::PrepareFakeQuant},
    {OpCode::kFill, "", 5, kBinary, r::InferFill, r::PrepareFill},
    {OpCode::kFloor, "", 1, kUnary, r::InferSameShape, r::PrepareFloor},
    {OpCode::kFloorDiv, "", 3, kBinary, r::InferBinary, r::PrepareFloorDiv},
    {OpCode::kFloorMod, "", 2, kBinary, r::InferBinary, r::PrepareFloorMod},
    {OpCode::kFullyConnected, "", 14, {2, 3, 1, 2}, r::InferFullyConnected, r::PrepareFullyConnected},
    {OpCode::kGather, "", 8, kBinary, r::InferGather, r::PrepareGather},
    {OpCode::kGatherNd, "", 6, kBinary, r::InferGatherNd, r::PrepareGatherNd},
    {OpCode::kGelu, "", 3, kUnary, r::InferSameShape, r::PrepareGelu},
    {OpCode::kGreater, "", 2, kBinary, r::InferBinary, r::PrepareGreater},
    {OpCode::kGreaterEqual, "", 3, kBinary, r::InferBinary, r::PrepareGreaterEqual},
    {OpCode::kHardSwish, "", 1, kUnary, r::InferSameShape, r::PrepareHardSwish},
    {OpCode::kHashtable, "", 1, {0, 0, 1, 1}, r::InferHashtable, r::PrepareHashtable, kHasEffects},
    {OpCode::kHashtableFind, "", 1, {3, 3, 1, 1}, r::InferHashtableFind, r::PrepareHashtableFind, kHasEffects},
    {OpCode::kHashtableImport, "", 1, {3, 3, 0, 0}, r::InferNothing, r::PrepareHashtableImport, kHasEffects},
    {OpCode::kHashtableLookup, "", 1, {3, 3, 2, 2}, r::InferHashtableLookup, r::PrepareHashtableLookup},
    {OpCode::kHashtableSize, "", 1, kUnary, r::InferHashtableSize, r::PrepareHashtableSize, kHasEffects},
    {OpCode::kIf,
     "",
     1,
     {1, kAnyNumber, 0, kAnyNumber},
     r::InferIf,
     r::PrepareIf,
     kHasEffects,
     kHasOwnBytes,
     kNotShapeOnly,
     kTakesDynamic},
    {OpCode::kImag, "", 1, kUnary, r::InferSameShape, r::PrepareImag},
    {OpCode::kL2Normalization, "", 2, kUnary, r::InferSoftmax, r::PrepareL2Normalization},
    {OpCode::kL2Pool2d, "", 1, kUnary, r::InferPool2d, r::PrepareL2Pool2d},
    {OpCode::kLeakyRelu, "", 2, kUnary, r::InferSameShape, r::PrepareLeakyRelu},
    {OpCode::kLess, "", 3, kBinary, r::InferBinary, r::PrepareLess},
    {OpCode::kLessEqual, "", 2, kBinary, r::InferBinary, r::PrepareLessEqual},
    {OpCode::kLocalResponseNormalization, "", 1, kUnary, r::InferLocalResponseNormalization,
     r::PrepareLocalResponseNormalization},
    {OpCode::kLog, "", 2, kUnary, r::InferSameShape, r::PrepareLog},
    {OpCode::kLogicalAnd, "", 1, kBinary, r::InferBinary, r::PrepareLogicalAnd},
    {OpCode::kLogicalNot, "", 1, kUnary, r::InferSameShape, r::PrepareLogicalNot},
    {OpCode::kLogicalOr, "", 1, kBinary, r::InferBinary, r::PrepareLogicalOr},
    {OpCode::kLogistic, "", 3, kUnary, r::InferSameShape, r::PrepareLogistic},
    {OpCode::kLogSoftmax, "", 2, kUnary, r::InferSoftmax, r::PrepareLogSoftmax},
    {OpCode::kLshProjection, "", 1, {2, 3, 1, 1}, r::InferLshProjection, r::PrepareLshProjection},
    {OpCode::kLstm, "", 4, {1, 24, 1, 4}, r::InferLstm, r::PrepareLstm, kHasEffects},
    {OpCode::kMatrixDiag, "", 1, kUnary, r::InferMatrixDiag, r::PrepareMatrixDiag},
    {OpCode::kMatrixSetDiag, "", 1, kBinary, r::InferMatrixSetDiag, r::PrepareMatrixSetDiag},
    {OpCode::kMaximum, "", 4, kBinary, r::InferBinary, r::PrepareMaximum},
    {OpCode::kMaxPool2d, "", 3, kUnary, r::InferPool2d, r::PrepareMaxPool2d},
    {OpCode::kMean, "", 3, kBinary, r::InferReduction, r::PrepareMean},
    {OpCode::kMinimum, "", 4, kBinary, r::InferBinary, r::PrepareMinimum},
    {OpCode::kMirrorPad, "", 3, kBinary, r::InferMirrorPad, r::PrepareMirrorPad},
    {OpCode::kMul, "", 8, kBinary, r::InferBinary, r::PrepareMul},
    {OpCode::kMultinomial, "", 1, kBinary, r::InferMultinomial, r::PrepareMultinomial, kHasEffects},
    {OpCode::kNeg, "", 1, kUnary, r::InferSameShape, r::PrepareNeg},
    {OpCode::kNonMaxSuppressionV4, "", 1, {5, 5, 2, 2}, r::InferNonMaxSuppression, r::PrepareNonMaxSuppression},
    {OpCode::kNonMaxSuppressionV5, "", 1, {6, 6, 3, 3}, r::InferNonMaxSuppression, r::PrepareNonMaxSuppression},
    {OpCode::kNotEqual, "", 4, kBinary, r::InferBinary, r::PrepareNotEqual},
    {OpCode::kOneHot, "", 1, {4, 4, 1, 1}, r::InferOneHot, r::PrepareOneHot},
    {OpCode::kPack, "", 5, kMany, r::InferPack, r::PreparePack},
    {OpCode::kPad, "", 6, kBinary, r::InferPad, r::PreparePad},
    {OpCode::kPadv2, "", 6, {3, 3, 1, 1}, r::InferPad, r::PreparePad},
    {OpCode::kPow, "", 1, kBinary, r::InferBinary, r::PreparePow},
    {OpCode::kPrelu, "", 1, kBinary, r::InferPrelu, r::PreparePrelu},
    {OpCode::kQuantize, "", 6, kUnary, r::InferSameShape, r::PrepareQuantize},
    {OpCode::kRandomStandardNormal, "", 1, kUnary, r::InferRandom, r::PrepareRandomStandardNormal, kHasEffects},
    {OpCode::kRandomUniform, "", 1, kUnary, r::InferRandom, r::PrepareRandomUniform, kHasEffects},
    {OpCode::kRange, "", 2, {3, 3, 1, 1}, r::InferRange, r::PrepareRange},
    {OpCode::kRank, "", 1, kUnary, r::InferRank, r::PrepareRank, kFoldable, kHasOwnBytes, kShapeOnly},
    {OpCode::kReadVariable, "", 1, kUnary, r::InferReadVariable, r::PrepareReadVariable, kHasEffects},
    {OpCode::kReal, "", 1, kUnary, r::InferSameShape, r::PrepareReal},
    {OpCode::kReduceAll, "", 1, kBinary, r::InferReduction, r::PrepareReduceAll},
    {OpCode::kReduceAny, "", 1, kBinary, r::InferReduction, r::PrepareReduceAny},
    {OpCode::kReduceMax, "", 3, kBinary, r::InferReduction, r::PrepareReduceMax},
    {OpCode::kReduceMin, "", 3, kBinary, r::InferReduction, r::PrepareReduceMin},
    {OpCode::kReduceProd, "", 2, kBinary, r::InferReduction, r::PrepareReduceProd},
    {OpCode::kReduceWindow, "", 1, {5, 5, 1, 1}, r::InferReduceWindow, r::PrepareReduceWindow},
    {OpCode::kRelu, "", 3, kUnary, r::InferSameShape, r::PrepareRelu},
    {OpCode::kRelu0To1, "", 1, kUnary, r::InferSameShape, r::PrepareRelu0To1},
    {OpCode::kRelu6, "", 3, kUnary, r::InferSameShape, r::PrepareRelu6},
    {OpCode::kReluN1To1, "", 1, kUnary, r::InferSameShape, r::PrepareReluN1To1},
    {OpCode::kReshape, "", 1, {1, 2, 1, 1}, r::InferReshape, r::PrepareReshape, kFoldable, kIsView},
    {OpCode::kResizeBilinear, "", 4, kBinary, r::InferResize, r::PrepareResizeBilinear},
    {OpCode::kResizeNearestNeighbor, "", 4, kBinary, r::InferResize, r::PrepareResizeNearestNeighbor},
    {OpCode::kReverseSequence, "", 1, kBinary, r::InferSameShape, r::PrepareReverseSequence},
    {OpCode::kReverseV2, "", 4, kBinary, r::InferSameShape, r::PrepareReverse},
    {OpCode::kRfft2d, "", 1, kBinary, r::InferRfft2d, r::PrepareRfft2d},
    {OpCode::kRightShift, "", 1, kBinary, r::InferBinary, r::PrepareRightShift},
    {OpCode::kRnn, "", 3, {5, 5, 1, 1}, r::InferRnn, r::PrepareRnn, kHasEffects},
    {OpCode::kRound, "", 1, kUnary, r::InferSameShape, r::PrepareRound},
    {OpCode::kRsqrt, "", 3, kUnary, r::InferSameShape, r::PrepareRsqrt},
    {OpCode::kScatterNd, "", 1, {3, 3, 1, 1}, r::InferScatterNd, r::PrepareScatterNd},
    {OpCode::kSegmentSum, "", 1, kBinary, r::InferSegmentSum, r::PrepareSegmentSum},
    {OpCode::kSelect, "", 4, {3, 3, 1, 1}, r::InferSelect, r::PrepareSelect},
    {OpCode::kSelectV2, "", 2, {3, 3, 1, 1}, r::InferSelectV2, r::PrepareSelectV2},
    {OpCode::kShape, "", 1, kUnary, r::InferShape, r::PrepareShape, kFoldable, kHasOwnBytes, kShapeOnly},
    {OpCode::kSign, "", 2, kUnary, r::InferSameShape, r::PrepareSign},
    {OpCode::kSin, "", 2, kUnary, r::InferSameShape, r::PrepareSin},
    {OpCode::kSkipGram, "", 1, kUnary, r::InferSkipGram, r::PrepareSkipGram},
    {OpCode::kSlice, "", 8, {3, 3, 1, 1}, r::InferSlice, r::PrepareSlice},
    {OpCode::kSoftmax, "", 4, kUnary, r::InferSoftmax, r::PrepareSoftmax},
    {OpCode::kSpaceToBatchNd, "", 4, {3, 3, 1, 1}, r::InferSpaceToBatch, r::PrepareSpaceToBatch},
    {OpCode::kSpaceToDepth, "", 2, kUnary, r::InferSpaceToDepth, r::PrepareSpaceToDepth},
    {OpCode::kSparseToDense, "", 3, {4, 4, 1, 1}, r::InferSparseToDense, r::PrepareSparseToDense},
    {OpCode::kSplit, "", 5, {2, 2, 1, kAnyNumber}, r::InferSplit, r::PrepareSplit},
    {OpCode::kSplitV, "", 3, {3, 3, 1, kAnyNumber}, r::InferSplitV, r::PrepareSplitV},
    {OpCode::kSqrt, "", 2, kUnary, r::InferSameShape, r::PrepareSqrt},
    {OpCode::kSquare, "", 1, kUnary, r::InferSameShape, r::PrepareSquare},
    {OpCode::kSquaredDifference, "", 2, kBinary, r::InferBinary, r::PrepareSquaredDifference},
    {OpCode::kSqueeze, "", 2, kUnary, r::InferSqueeze, r::PrepareReshape, kFoldable, kIsView},
    {OpCode::kStablehloAdd, "", 1, kBinary, r::InferStablehloElementwise, r::PrepareStablehloAdd},
    {OpCode::kStablehloAnd, "", 1, kBinary, r::InferStablehloElementwise, r::PrepareStablehloAnd},
    {OpCode::kStablehloGather, "", 1, kBinary, r::InferStablehloGather, r::PrepareStablehloGather},
    {OpCode::kStablehloMaximum, "", 1, kBinary, r::InferStablehloElementwise, r::PrepareStablehloMaximum},
    {OpCode::kStablehloMinimum, "", 1, kBinary, r::InferStablehloElementwise, r::PrepareStablehloMinimum},
    {OpCode::kStablehloMultiply, "", 1, kBinary, r::InferStablehloElementwise, r::PrepareStablehloMultiply},
    {OpCode::kStablehloPad, "", 1, kBinary, r::InferStablehloPad, r::PrepareStablehloPad},
    {OpCode::kStablehloReduceWindow, "", 1, kBinary, r::InferStablehloReduceWindow, r::PrepareStablehloReduceWindow},
    {OpCode::kStablehloRngBitGenerator,
     "",
     1,
     {1, 1, 2, 2},
     r::InferStablehloRngBitGenerator,
     r::PrepareStablehloRngBitGenerator},
    {OpCode::kStablehloScatter, "", 1, {3, 3, 1, 1}, r::InferStablehloScatter, r::PrepareStablehloScatter},
    {OpCode::kStablehloShiftLeft, "", 1, kBinary, r::InferStablehloElementwise, r::PrepareStablehloShiftLeft},
    {OpCode::kStridedSlice, "", 8, {4, 4, 1, 1}, r::InferStridedSlice, r::PrepareStridedSlice},
    {OpCode::kStablehloCase,
     "",
     1,
     {1, kAnyNumber, 0, kAnyNumber},
     r::InferCase,
     r::PrepareCase,
     kHasEffects,
     kHasOwnBytes,
     kNotShapeOnly,
     kTakesDynamic},
    {OpCode::kStablehloComposite,
     "",
     1,
     {0, kAnyNumber, 0, kAnyNumber},
     r::InferComposite,
     r::PrepareComposite,
     kHasEffects,
     kHasOwnBytes,
     kNotShapeOnly,
     kTakesDynamic},
    {OpCode::kStablehloWhile,
     "",
     1,
     {0, kAnyNumber, 0, kAnyNumber},
     r::InferWhile,
     r::PrepareWhile,
     kHasEffects,
     kHasOwnBytes,
     kNotShapeOnly,
     kTakesDynamic},
    {OpCode::kSub, "", 5, kBinary, r::InferBinary, r::PrepareSub},
    {OpCode::kSum, "", 2, kBinary, r::InferReduction, r::PrepareSum},
    {OpCode::kSvdf, "", 4, {3, 5, 1, 1}, r::InferSvdf, r::PrepareSvdf, kHasEffects},
    {OpCode::kTanh, "", 3, kUnary, r::InferSameShape, r::PrepareTanh},
    {OpCode::kTile, "", 3, kBinary, r::InferTile, r::PrepareTile},
    {OpCode::kTopkV2, "", 3, {2, 2, 2, 2}, r::InferTopK, r::PrepareTopK},
    {OpCode::kTranspose, "", 9, kBinary, r::InferTranspose, r::PrepareTranspose},
    {OpCode::kUnidirectionalSequenceLstm,
     "",
     4,
     {1, 24, 1, 1},
     r::InferUnidirectionalSequenceLstm,
     r::PrepareUnidirectionalSequenceLstm,
     kHasEffects},
    {OpCode::kUnidirectionalSequenceRnn,
     "",
     3,
     {5, 5, 1, 1},
     r::InferUnidirectionalSequenceRnn,
     r::PrepareUnidirectionalSequenceRnn,
     kHasEffects},
    {OpCode::kTransposeConv, "", 5, {3, 4, 1, 1}, r::InferTransposeConv, r::PrepareTransposeConv},
    {OpCode::kUnique, "", 1, {1, 1, 2, 2}, r::InferUnique, r::PrepareUnique},
    {OpCode::kUnpack, "", 6, {1, 1, 1, kAnyNumber}, r::InferUnpack, r::PrepareUnpack},
    {OpCode::kUnsortedSegmentMax, "", 1, {3, 3, 1, 1}, r::InferUnsortedSegment, r::PrepareUnsortedSegmentMax},
    {OpCode::kUnsortedSegmentMin, "", 1, {3, 3, 1, 1}, r::InferUnsortedSegment, r::PrepareUnsortedSegmentMin},
    {OpCode::kUnsortedSegmentProd, "", 1, {3, 3, 1, 1}, r::InferUnsortedSegment, r::PrepareUnsortedSegmentProd},
    {OpCode::kUnsortedSegmentSum, "", 1, {3, 3, 1, 1}, r::InferUnsortedSegment, r::PrepareUnsortedSegmentSum},
    {OpCode::kVarHandle, "", 1, {0, 0, 1, 1}, r::InferVarHandle, r::PrepareVarHandle, kHasEffects},
    {OpCode::kWhere, "", 2, kUnary, r::InferWhere, r::PrepareWhere},
    {OpCode::kWhile,
     "",
     1,
     {0, kAnyNumber, 0, kAnyNumber},
     r::InferWhile,
     r::PrepareWhile,
     kHasEffects,
     kHasOwnBytes,
     kNotShapeOnly,
     kTakesDynamic},
    {OpCode::kZerosLike, "", 1, kUnary, r::InferSameShape, r::PrepareZerosLike, kFoldable, kHasOwnBytes, kShapeOnly},
});

// A build may name the operators that it wants (TFLD_OPERATORS). The choice is made by the compiler, so that nothing
// refers to the others and the linker leaves them out.
consteval bool IsSelected(const Operator& definition) {
  if (kSelectedOperators.empty()) return true;
  for (const std::string_view name : kSelectedOperators) {
    const bool is_custom = name.starts_with(kCustomPrefix);
    if (definition.code == OpCode::kCustom) {
      if (is_custom && name.substr(kCustomPrefix.size()) == definition.custom_name) return true;
    } else if (!is_custom && name == BuiltinName(definition.code)) {
      return true;
    }
  }
  return false;
}

consteval std::size_t CountSelected() {
  std::size_t count = 0;
  for (const Operator& definition : kAllOperators) count += IsSelected(definition) ? 1 : 0;
  return count;
}

consteval auto Select() {
  std::array<Operator, CountSelected()> selected{};
  std::size_t next = 0;
  for (const Operator& definition : kAllOperators) {
    if (IsSelected(definition)) selected[next++] = definition;
  }
  return selected;
}

constexpr auto kOperators = Select();

}  // namespace

std::span<const Operator> Operators() { return kOperators; }

}  // namespace tfld::engine
