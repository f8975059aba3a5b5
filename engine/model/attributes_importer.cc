#include "engine/model/attributes_importer.h"

#include <cstdint>
#include <string>

#include "engine/base/str_cat.h"
#include "engine/model/stablehlo_importer.h"

namespace tfld::engine {
namespace {

// Strides, dilations and windows: larger ones than this have no use and would overflow in products.
constexpr std::int32_t kMaxExtent = 1 << 20;

Status CheckPositive(std::string_view name, std::int32_t value) {
  if (value >= 1 && value <= kMaxExtent) return {};
  return InvalidArgument(StrCat(name, " is ", value, "; expected 1 to ", kMaxExtent));
}

Result<Activation> ImportActivation(wire::ActivationFunctionType type) {
  if (type < wire::ActivationFunctionType_MIN || type > wire::ActivationFunctionType_MAX) {
    return InvalidArgument(StrCat("fused activation function ", static_cast<int>(type), " does not exist"));
  }
  return static_cast<Activation>(type);
}

Result<Padding> ImportPadding(wire::Padding padding) {
  if (padding == wire::Padding_SAME) return Padding::kSame;
  if (padding == wire::Padding_VALID) return Padding::kValid;
  return InvalidArgument(StrCat("padding ", static_cast<int>(padding), " does not exist"));
}

Result<ElementType> ImportType(wire::TensorType type) {
  if (type < wire::TensorType_MIN || type > wire::TensorType_MAX) {
    return InvalidArgument(StrCat("type ", static_cast<int>(type), " does not exist"));
  }
  return static_cast<ElementType>(type);
}

std::vector<std::int32_t> ImportInts(const flatbuffers::Vector<std::int32_t>* ints) {
  return ints == nullptr ? std::vector<std::int32_t>() : std::vector<std::int32_t>(ints->begin(), ints->end());
}

std::string ImportString(const flatbuffers::String* text) { return text == nullptr ? std::string() : text->str(); }

// One overload for each table of options; what it may assume is only what the FlatBuffer verifier proves.

// What all operators that slide a window have in common.
template <typename Window, typename Options>
Result<Window> ImportWindow(const Options& o) {
  Window a;
  a.stride_h = o.stride_h();
  a.stride_w = o.stride_w();
  TFLD_RETURN_IF_ERROR(CheckPositive("stride_h", a.stride_h));
  TFLD_RETURN_IF_ERROR(CheckPositive("stride_w", a.stride_w));
  if constexpr (requires { a.dilation_h; }) {
    a.dilation_h = o.dilation_h_factor();
    a.dilation_w = o.dilation_w_factor();
    TFLD_RETURN_IF_ERROR(CheckPositive("dilation_h_factor", a.dilation_h));
    TFLD_RETURN_IF_ERROR(CheckPositive("dilation_w_factor", a.dilation_w));
  }
  TFLD_ASSIGN_OR_RETURN(a.padding, ImportPadding(o.padding()));
  TFLD_ASSIGN_OR_RETURN(a.activation, ImportActivation(o.fused_activation_function()));
  return a;
}

Result<Attributes> Import(const wire::Conv2DOptions& o) {
  TFLD_ASSIGN_OR_RETURN(const auto a, ImportWindow<Conv2dAttributes>(o));
  return Attributes(a);
}

Result<Attributes> Import(const wire::DepthwiseConv2DOptions& o) {
  TFLD_ASSIGN_OR_RETURN(auto a, ImportWindow<DepthwiseConv2dAttributes>(o));
  a.depth_multiplier = o.depth_multiplier();
  return Attributes(a);
}

Result<Attributes> Import(const wire::Pool2DOptions& o) {
  TFLD_ASSIGN_OR_RETURN(auto a, ImportWindow<Pool2dAttributes>(o));
  a.filter_h = o.filter_height();
  a.filter_w = o.filter_width();
  TFLD_RETURN_IF_ERROR(CheckPositive("filter_height", a.filter_h));
  TFLD_RETURN_IF_ERROR(CheckPositive("filter_width", a.filter_w));
  return Attributes(a);
}

Result<Attributes> Import(const wire::FullyConnectedOptions& o) {
  FullyConnectedAttributes a;
  a.shuffled_weights = o.weights_format() != wire::FullyConnectedOptionsWeightsFormat_DEFAULT;
  a.keep_num_dims = o.keep_num_dims();
  a.asymmetric_quantize_inputs = o.asymmetric_quantize_inputs();
  TFLD_ASSIGN_OR_RETURN(a.activation, ImportActivation(o.fused_activation_function()));
  return Attributes(a);
}

Result<Attributes> Import(const wire::SoftmaxOptions& o) { return Attributes(SoftmaxAttributes{.beta = o.beta()}); }

Result<Attributes> Import(const wire::ConcatenationOptions& o) {
  ConcatenationAttributes a{.axis = o.axis()};
  TFLD_ASSIGN_OR_RETURN(a.activation, ImportActivation(o.fused_activation_function()));
  return Attributes(a);
}

template <typename Options>
Result<Attributes> ImportElementwise(const Options& o) {
  ElementwiseAttributes a;
  TFLD_ASSIGN_OR_RETURN(a.activation, ImportActivation(o.fused_activation_function()));
  if constexpr (requires { o.pot_scale_int16(); }) a.pot_scale_int16 = o.pot_scale_int16();
  return Attributes(a);
}
Result<Attributes> Import(const wire::AddOptions& o) { return ImportElementwise(o); }
Result<Attributes> Import(const wire::SubOptions& o) { return ImportElementwise(o); }
Result<Attributes> Import(const wire::MulOptions& o) { return ImportElementwise(o); }
Result<Attributes> Import(const wire::DivOptions& o) { return ImportElementwise(o); }
Result<Attributes> Import(const wire::L2NormOptions& o) { return ImportElementwise(o); }

Result<Attributes> Import(const wire::ReshapeOptions& o) {
  return Attributes(ReshapeAttributes{.new_shape = ImportInts(o.new_shape())});
}

template <typename Options>
Result<Attributes> ImportResize(const Options& o) {
  return Attributes(ResizeAttributes{.align_corners = o.align_corners(), .half_pixel_centers = o.half_pixel_centers()});
}
Result<Attributes> Import(const wire::ResizeBilinearOptions& o) { return ImportResize(o); }
Result<Attributes> Import(const wire::ResizeNearestNeighborOptions& o) { return ImportResize(o); }

Result<Attributes> Import(const wire::ReducerOptions& o) {
  return Attributes(ReducerAttributes{.keep_dims = o.keep_dims()});
}

Result<Attributes> Import(const wire::StridedSliceOptions& o) {
  return Attributes(StridedSliceAttributes{.begin_mask = static_cast<std::uint32_t>(o.begin_mask()),
                                           .end_mask = static_cast<std::uint32_t>(o.end_mask()),
                                           .ellipsis_mask = static_cast<std::uint32_t>(o.ellipsis_mask()),
                                           .new_axis_mask = static_cast<std::uint32_t>(o.new_axis_mask()),
                                           .shrink_axis_mask = static_cast<std::uint32_t>(o.shrink_axis_mask()),
                                           .offset = o.offset()});
}

Result<Attributes> Import(const wire::GatherOptions& o) {
  return Attributes(GatherAttributes{.axis = o.axis(), .batch_dims = o.batch_dims()});
}

Result<Attributes> Import(const wire::SqueezeOptions& o) {
  return Attributes(SqueezeAttributes{.squeeze_dims = ImportInts(o.squeeze_dims())});
}

Result<Attributes> Import(const wire::SplitOptions& o) {
  return Attributes(SplitAttributes{.num_splits = o.num_splits()});
}
Result<Attributes> Import(const wire::SplitVOptions& o) {
  return Attributes(SplitAttributes{.num_splits = o.num_splits()});
}

Result<Attributes> Import(const wire::PackOptions& o) {
  return Attributes(PackAttributes{.count = o.values_count(), .axis = o.axis()});
}
Result<Attributes> Import(const wire::UnpackOptions& o) {
  return Attributes(PackAttributes{.count = o.num(), .axis = o.axis()});
}

Result<Attributes> ImportOutputType(wire::TensorType type) {
  TFLD_ASSIGN_OR_RETURN(const ElementType output_type, ImportType(type));
  return Attributes(OutputTypeAttributes{.output_type = output_type});
}
Result<Attributes> Import(const wire::ArgMaxOptions& o) { return ImportOutputType(o.output_type()); }
Result<Attributes> Import(const wire::ArgMinOptions& o) { return ImportOutputType(o.output_type()); }
Result<Attributes> Import(const wire::ShapeOptions& o) { return ImportOutputType(o.out_type()); }

Result<Attributes> Import(const wire::LeakyReluOptions& o) {
  return Attributes(LeakyReluAttributes{.alpha = o.alpha()});
}

Result<Attributes> Import(const wire::GeluOptions& o) {
  return Attributes(GeluAttributes{.approximate = o.approximate()});
}

Result<Attributes> Import(const wire::CumsumOptions& o) {
  return Attributes(CumsumAttributes{.exclusive = o.exclusive(), .reverse = o.reverse()});
}

Result<Attributes> Import(const wire::LocalResponseNormalizationOptions& o) {
  return Attributes(LocalResponseNormalizationAttributes{
      .radius = o.radius(), .bias = o.bias(), .alpha = o.alpha(), .beta = o.beta()});
}

Result<Attributes> Import(const wire::CallOnceOptions& o) {
  return Attributes(CallOnceAttributes{.init_subgraph = o.init_subgraph_index()});
}

Result<Attributes> Import(const wire::VarHandleOptions& o) {
  return Attributes(
      VarHandleAttributes{.container = ImportString(o.container()), .shared_name = ImportString(o.shared_name())});
}

Result<Attributes> Import(const wire::Conv3DOptions& o) {
  TFLD_ASSIGN_OR_RETURN(auto a, ImportWindow<Conv3dAttributes>(o));
  a.stride_d = o.stride_d();
  a.dilation_d = o.dilation_d_factor();
  TFLD_RETURN_IF_ERROR(CheckPositive("stride_d", a.stride_d));
  TFLD_RETURN_IF_ERROR(CheckPositive("dilation_d_factor", a.dilation_d));
  return Attributes(a);
}

Result<Attributes> Import(const wire::TransposeConvOptions& o) {
  TFLD_ASSIGN_OR_RETURN(auto a, ImportWindow<TransposeConvAttributes>(o));
  a.has_int32_sums = o.quantized_bias_type() == wire::TensorType_INT32;
  return Attributes(a);
}

Result<Attributes> Import(const wire::BatchMatMulOptions& o) {
  return Attributes(BatchMatmulAttributes{
      .adj_x = o.adj_x(), .adj_y = o.adj_y(), .asymmetric_quantize_inputs = o.asymmetric_quantize_inputs()});
}

Result<Attributes> Import(const wire::SVDFOptions& o) {
  SvdfAttributes a{.rank = o.rank(), .asymmetric_quantize_inputs = o.asymmetric_quantize_inputs()};
  TFLD_RETURN_IF_ERROR(CheckPositive("rank", a.rank));
  TFLD_ASSIGN_OR_RETURN(a.activation, ImportActivation(o.fused_activation_function()));
  return Attributes(a);
}

// What some of the recurrent operators have and others do not.
template <typename Recurrent, typename Options>
Result<Attributes> ImportRecurrent(const Options& o) {
  Recurrent a;
  TFLD_ASSIGN_OR_RETURN(a.activation, ImportActivation(o.fused_activation_function()));
  a.asymmetric_quantize_inputs = o.asymmetric_quantize_inputs();
  if constexpr (requires { o.time_major(); }) a.time_major = o.time_major();
  if constexpr (requires { o.merge_outputs(); }) a.merge_outputs = o.merge_outputs();
  if constexpr (requires { o.diagonal_recurrent_tensors(); }) {
    a.diagonal_recurrent_tensors = o.diagonal_recurrent_tensors();
  }
  if constexpr (requires { o.kernel_type(); }) a.is_basic = o.kernel_type() == wire::LSTMKernelType_BASIC;
  if constexpr (requires { o.cell_clip(); }) {
    a.cell_clip = o.cell_clip();
    a.proj_clip = o.proj_clip();
  }
  return Attributes(a);
}
Result<Attributes> Import(const wire::LSTMOptions& o) { return ImportRecurrent<LstmAttributes>(o); }
Result<Attributes> Import(const wire::UnidirectionalSequenceLSTMOptions& o) {
  return ImportRecurrent<LstmAttributes>(o);
}
Result<Attributes> Import(const wire::BidirectionalSequenceLSTMOptions& o) {
  return ImportRecurrent<LstmAttributes>(o);
}
Result<Attributes> Import(const wire::RNNOptions& o) { return ImportRecurrent<RnnAttributes>(o); }
Result<Attributes> Import(const wire::SequenceRNNOptions& o) { return ImportRecurrent<RnnAttributes>(o); }
Result<Attributes> Import(const wire::BidirectionalSequenceRNNOptions& o) { return ImportRecurrent<RnnAttributes>(o); }

Result<Attributes> ImportBlockSize(std::int32_t block_size) {
  TFLD_RETURN_IF_ERROR(CheckPositive("block_size", block_size));
  return Attributes(BlockSizeAttributes{.block_size = block_size});
}
Result<Attributes> Import(const wire::SpaceToDepthOptions& o) { return ImportBlockSize(o.block_size()); }
Result<Attributes> Import(const wire::DepthToSpaceOptions& o) { return ImportBlockSize(o.block_size()); }

Result<Attributes> Import(const wire::OneHotOptions& o) { return Attributes(OneHotAttributes{.axis = o.axis()}); }

Result<Attributes> Import(const wire::MirrorPadOptions& o) {
  return Attributes(MirrorPadAttributes{.is_symmetric = o.mode() == wire::MirrorPadMode_SYMMETRIC});
}

Result<Attributes> Import(const wire::ReverseSequenceOptions& o) {
  return Attributes(ReverseSequenceAttributes{.seq_dim = o.seq_dim(), .batch_dim = o.batch_dim()});
}

Result<Attributes> Import(const wire::EmbeddingLookupSparseOptions& o) {
  if (o.combiner() < wire::CombinerType_MIN || o.combiner() > wire::CombinerType_MAX) {
    return InvalidArgument(StrCat("combiner ", static_cast<int>(o.combiner()), " does not exist"));
  }
  return Attributes(EmbeddingLookupSparseAttributes{.combiner = static_cast<EmbeddingCombiner>(o.combiner())});
}

Result<Attributes> Import(const wire::SparseToDenseOptions& o) {
  return Attributes(SparseToDenseAttributes{.validate_indices = o.validate_indices()});
}

Result<Attributes> Import(const wire::LSHProjectionOptions& o) {
  if (o.type() != wire::LSHProjectionType_SPARSE && o.type() != wire::LSHProjectionType_DENSE) {
    return InvalidArgument(StrCat("projection type ", static_cast<int>(o.type()), " does not exist"));
  }
  return Attributes(LshProjectionAttributes{.is_dense = o.type() == wire::LSHProjectionType_DENSE});
}

Result<Attributes> Import(const wire::SkipGramOptions& o) {
  return Attributes(SkipGramAttributes{
      .ngram_size = o.ngram_size(), .max_skip_size = o.max_skip_size(), .include_all_ngrams = o.include_all_ngrams()});
}

Result<Attributes> Import(const wire::UniqueOptions& o) { return ImportOutputType(o.idx_out_type()); }

Result<Attributes> Import(const wire::BucketizeOptions& o) {
  BucketizeAttributes a;
  if (o.boundaries() != nullptr) a.boundaries.assign(o.boundaries()->begin(), o.boundaries()->end());
  return Attributes(std::move(a));
}

Result<Attributes> Import(const wire::FakeQuantOptions& o) {
  return Attributes(
      FakeQuantAttributes{.min = o.min(), .max = o.max(), .num_bits = o.num_bits(), .narrow_range = o.narrow_range()});
}

Result<Attributes> Import(const wire::RandomOptions& o) {
  return Attributes(RandomAttributes{.seed = o.seed(), .seed2 = o.seed2()});
}

Result<Attributes> Import(const wire::HashtableOptions& o) {
  HashtableAttributes a{.table_id = o.table_id()};
  TFLD_ASSIGN_OR_RETURN(a.key_type, ImportType(o.key_dtype()));
  TFLD_ASSIGN_OR_RETURN(a.value_type, ImportType(o.value_dtype()));
  return Attributes(a);
}

Result<Attributes> Import(const wire::IfOptions& o) {
  return Attributes(IfAttributes{.then_graph = o.then_subgraph_index(), .else_graph = o.else_subgraph_index()});
}

Result<Attributes> Import(const wire::WhileOptions& o) {
  return Attributes(WhileAttributes{.cond_graph = o.cond_subgraph_index(), .body_graph = o.body_subgraph_index()});
}

// Whether an operator of this kind cannot do without its options; defaults serve the others.
enum class Need { kRequired, kOptional };

template <typename Options>
Result<Attributes> Take(const wire::Operator& node, Need need) {
  if (const auto* options = node.builtin_options_as<Options>(); options != nullptr) return Import(*options);
  const auto type = node.builtin_options_type();
  if (type == wire::BuiltinOptions_NONE && need == Need::kOptional) return Attributes();
  if (type == wire::BuiltinOptions_NONE) return InvalidArgument("the operator's options are missing");
  return InvalidArgument(
      StrCat("the options are those of another operator (", wire::EnumNameBuiltinOptions(type), ")"));
}

}  // namespace

Result<Attributes> ImportAttributes(const wire::Operator& node, OpCode op) {
  switch (op) {
    case OpCode::kConv2d: return Take<wire::Conv2DOptions>(node, Need::kRequired);
    case OpCode::kDepthwiseConv2d: return Take<wire::DepthwiseConv2DOptions>(node, Need::kRequired);
    case OpCode::kAveragePool2d:
    case OpCode::kMaxPool2d:
    case OpCode::kL2Pool2d: return Take<wire::Pool2DOptions>(node, Need::kRequired);
    case OpCode::kFullyConnected: return Take<wire::FullyConnectedOptions>(node, Need::kRequired);
    case OpCode::kSoftmax: return Take<wire::SoftmaxOptions>(node, Need::kRequired);
    case OpCode::kConcatenation: return Take<wire::ConcatenationOptions>(node, Need::kRequired);
    case OpCode::kAdd: return Take<wire::AddOptions>(node, Need::kOptional);
    case OpCode::kSub: return Take<wire::SubOptions>(node, Need::kOptional);
    case OpCode::kMul: return Take<wire::MulOptions>(node, Need::kOptional);
    case OpCode::kDiv: return Take<wire::DivOptions>(node, Need::kOptional);
    case OpCode::kL2Normalization: return Take<wire::L2NormOptions>(node, Need::kOptional);
    case OpCode::kReshape: return Take<wire::ReshapeOptions>(node, Need::kOptional);
    case OpCode::kResizeBilinear: return Take<wire::ResizeBilinearOptions>(node, Need::kOptional);
    case OpCode::kResizeNearestNeighbor: return Take<wire::ResizeNearestNeighborOptions>(node, Need::kOptional);
    case OpCode::kMean:
    case OpCode::kSum:
    case OpCode::kReduceMax:
    case OpCode::kReduceMin:
    case OpCode::kReduceProd:
    case OpCode::kReduceAny:
    case OpCode::kReduceAll: return Take<wire::ReducerOptions>(node, Need::kOptional);
    case OpCode::kStridedSlice: return Take<wire::StridedSliceOptions>(node, Need::kRequired);
    case OpCode::kGather: return Take<wire::GatherOptions>(node, Need::kOptional);
    case OpCode::kSqueeze: return Take<wire::SqueezeOptions>(node, Need::kOptional);
    case OpCode::kSplit: return Take<wire::SplitOptions>(node, Need::kRequired);
    case OpCode::kSplitV: return Take<wire::SplitVOptions>(node, Need::kOptional);
    case OpCode::kPack: return Take<wire::PackOptions>(node, Need::kRequired);
    case OpCode::kUnpack: return Take<wire::UnpackOptions>(node, Need::kRequired);
    case OpCode::kArgMax: return Take<wire::ArgMaxOptions>(node, Need::kOptional);
    case OpCode::kArgMin: return Take<wire::ArgMinOptions>(node, Need::kOptional);
    case OpCode::kShape: return Take<wire::ShapeOptions>(node, Need::kOptional);
    case OpCode::kLeakyRelu: return Take<wire::LeakyReluOptions>(node, Need::kRequired);
    case OpCode::kGelu: return Take<wire::GeluOptions>(node, Need::kOptional);
    case OpCode::kCumsum: return Take<wire::CumsumOptions>(node, Need::kOptional);
    case OpCode::kLocalResponseNormalization:
      return Take<wire::LocalResponseNormalizationOptions>(node, Need::kRequired);
    case OpCode::kConv3d:
    case OpCode::kConv3dTranspose: return Take<wire::Conv3DOptions>(node, Need::kRequired);
    case OpCode::kTransposeConv: return Take<wire::TransposeConvOptions>(node, Need::kRequired);
    case OpCode::kBatchMatmul: return Take<wire::BatchMatMulOptions>(node, Need::kOptional);
    case OpCode::kSvdf: return Take<wire::SVDFOptions>(node, Need::kRequired);
    case OpCode::kLstm: return Take<wire::LSTMOptions>(node, Need::kRequired);
    case OpCode::kUnidirectionalSequenceLstm:
      return Take<wire::UnidirectionalSequenceLSTMOptions>(node, Need::kRequired);
    case OpCode::kBidirectionalSequenceLstm: return Take<wire::BidirectionalSequenceLSTMOptions>(node, Need::kRequired);
    case OpCode::kRnn: return Take<wire::RNNOptions>(node, Need::kRequired);
    case OpCode::kUnidirectionalSequenceRnn: return Take<wire::SequenceRNNOptions>(node, Need::kRequired);
    case OpCode::kBidirectionalSequenceRnn: return Take<wire::BidirectionalSequenceRNNOptions>(node, Need::kRequired);
    case OpCode::kSpaceToDepth: return Take<wire::SpaceToDepthOptions>(node, Need::kRequired);
    case OpCode::kDepthToSpace: return Take<wire::DepthToSpaceOptions>(node, Need::kRequired);
    case OpCode::kOneHot: return Take<wire::OneHotOptions>(node, Need::kOptional);
    case OpCode::kMirrorPad: return Take<wire::MirrorPadOptions>(node, Need::kRequired);
    case OpCode::kReverseSequence: return Take<wire::ReverseSequenceOptions>(node, Need::kRequired);
    case OpCode::kEmbeddingLookupSparse: return Take<wire::EmbeddingLookupSparseOptions>(node, Need::kOptional);
    case OpCode::kSparseToDense: return Take<wire::SparseToDenseOptions>(node, Need::kOptional);
    case OpCode::kLshProjection: return Take<wire::LSHProjectionOptions>(node, Need::kRequired);
    case OpCode::kSkipGram: return Take<wire::SkipGramOptions>(node, Need::kRequired);
    case OpCode::kUnique: return Take<wire::UniqueOptions>(node, Need::kOptional);
    case OpCode::kBucketize: return Take<wire::BucketizeOptions>(node, Need::kRequired);
    case OpCode::kFakeQuant: return Take<wire::FakeQuantOptions>(node, Need::kRequired);
    case OpCode::kRandomUniform:
    case OpCode::kRandomStandardNormal:
    case OpCode::kMultinomial: return Take<wire::RandomOptions>(node, Need::kOptional);
    case OpCode::kHashtable: return Take<wire::HashtableOptions>(node, Need::kRequired);
    case OpCode::kIf: return Take<wire::IfOptions>(node, Need::kRequired);
    case OpCode::kWhile: return Take<wire::WhileOptions>(node, Need::kRequired);
    case OpCode::kCallOnce: return Take<wire::CallOnceOptions>(node, Need::kRequired);
    case OpCode::kVarHandle: return Take<wire::VarHandleOptions>(node, Need::kRequired);
    default: return ImportStablehloAttributes(node, op);
  }
}

}  // namespace tfld::engine
