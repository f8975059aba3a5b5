#include "engine/model/stablehlo_importer.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "engine/base/str_cat.h"
#include "engine/model/read_vector.h"

namespace tfld::engine {
namespace {

Result<Attributes> Import(const wire::StablehloGatherOptions& o) {
  return Attributes(StablehloGatherAttributes{.offset_dims = ReadVector(o.offset_dims()),
                                              .collapsed_slice_dims = ReadVector(o.collapsed_slice_dims()),
                                              .start_index_map = ReadVector(o.start_index_map()),
                                              .slice_sizes = ReadVector(o.slice_sizes()),
                                              .index_vector_dim = o.index_vector_dim()});
}

Result<Attributes> Import(const wire::StablehloScatterOptions& o) {
  return Attributes(
      StablehloScatterAttributes{.update_window_dims = ReadVector(o.update_window_dims()),
                                 .inserted_window_dims = ReadVector(o.inserted_window_dims()),
                                 .scatter_dims_to_operand_dims = ReadVector(o.scatter_dims_to_operand_dims()),
                                 .index_vector_dim = o.index_vector_dim(),
                                 .update_graph = o.update_computation_subgraph_index()});
}

Result<Attributes> Import(const wire::StablehloPadOptions& o) {
  return Attributes(StablehloPadAttributes{.edge_padding_low = ReadVector(o.edge_padding_low()),
                                           .edge_padding_high = ReadVector(o.edge_padding_high()),
                                           .interior_padding = ReadVector(o.interior_padding())});
}

Result<Attributes> Import(const wire::StablehloReduceWindowOptions& o) {
  return Attributes(StablehloReduceWindowAttributes{.window_dimensions = ReadVector(o.window_dimensions()),
                                                    .window_strides = ReadVector(o.window_strides()),
                                                    .base_dilations = ReadVector(o.base_dilations()),
                                                    .window_dilations = ReadVector(o.window_dilations()),
                                                    .padding = ReadVector(o.padding()),
                                                    .body_graph = o.body_subgraph_index()});
}

Result<Attributes> Import(const wire::ReduceWindowOptions& o) {
  return Attributes(ReduceWindowAttributes{.reduction = static_cast<int>(o.reduce_function())});
}

Result<Attributes> Import(const wire::StablehloCaseOptions& o) {
  return Attributes(StablehloCaseAttributes{.branch_graphs = ReadVector(o.branch_subgraph_indices())});
}

Result<Attributes> Import(const wire::StablehloWhileOptions& o) {
  return Attributes(WhileAttributes{.cond_graph = o.cond_subgraph_index(), .body_graph = o.body_subgraph_index()});
}

Result<Attributes> Import(const wire::StablehloRngBitGeneratorOptions& o) {
  return Attributes(StablehloRngAttributes{.algorithm = static_cast<int>(o.algorithm())});
}

Result<Attributes> Import(const wire::StableHLOCompositeOptions& o) {
  return Attributes(StablehloCompositeAttributes{.name = o.name() == nullptr ? std::string() : o.name()->str(),
                                                 .decomposition_graph = o.decomposition_subgraph_index()});
}

template <typename Options>
Result<Attributes> Take(const wire::Operator& node) {
  if (const auto* options = node.builtin_options_2_as<Options>(); options != nullptr) return Import(*options);
  if (node.builtin_options_2_type() == wire::BuiltinOptions2_NONE) {
    return InvalidArgument("the operator's options are missing");
  }
  return InvalidArgument(StrCat("the options are those of another operator (",
                                wire::EnumNameBuiltinOptions2(node.builtin_options_2_type()), ")"));
}

}  // namespace

Result<Attributes> ImportStablehloAttributes(const wire::Operator& node, OpCode op) {
  switch (op) {
    case OpCode::kStablehloGather: return Take<wire::StablehloGatherOptions>(node);
    case OpCode::kStablehloScatter: return Take<wire::StablehloScatterOptions>(node);
    case OpCode::kStablehloPad: return Take<wire::StablehloPadOptions>(node);
    case OpCode::kStablehloReduceWindow: return Take<wire::StablehloReduceWindowOptions>(node);
    case OpCode::kReduceWindow: return Take<wire::ReduceWindowOptions>(node);
    case OpCode::kStablehloCase: return Take<wire::StablehloCaseOptions>(node);
    case OpCode::kStablehloWhile: return Take<wire::StablehloWhileOptions>(node);
    case OpCode::kStablehloRngBitGenerator: return Take<wire::StablehloRngBitGeneratorOptions>(node);
    case OpCode::kStablehloComposite: return Take<wire::StableHLOCompositeOptions>(node);
    default: return Attributes();
  }
}

}  // namespace tfld::engine
