// TRANSPOSE and PAD: elements are moved by their size, whatever they mean.
#include "engine/delegate/xnnpack/operators.h"
#include "engine/delegate/xnnpack/values.h"

namespace tfld::engine::xnnpack {
namespace {

template <auto kCreate, auto kReshape, auto kSetup>
Stage TransposeStage(const Shape& input, const std::vector<std::size_t>& permutation) {
  return {
      .create = [](xnn_weights_cache_t, xnn_operator_t* op) { return kCreate(0, op); },
      .reshape = [dims = Dims(input), permutation](
                     xnn_operator_t op, Workspace*,
                     pthreadpool_t pool) { return kReshape(op, dims.size(), dims.data(), permutation.data(), pool); },
      .setup = [](xnn_operator_t op, const Buffers& b) { return kSetup(op, b.inputs[0], b.output); },
  };
}

// What PAD writes around its input, as one element.
struct Padding {
  std::vector<std::size_t> before, after;
  std::uint32_t element = 0;
};

template <auto kCreate, auto kReshape, auto kSetup>
Stage PadStage(const Shape& input, const Padding& padding) {
  return {
      .create = [element = padding.element](xnn_weights_cache_t,
                                            xnn_operator_t* op) { return kCreate(&element, 0, op); },
      .reshape =
          [dims = Dims(input), padding](xnn_operator_t op, Workspace*, pthreadpool_t pool) {
            return kReshape(op, dims.size(), dims.data(), padding.before.data(), padding.after.data(), pool);
          },
      .setup = [](xnn_operator_t op, const Buffers& b) { return kSetup(op, b.inputs[0], b.output); },
  };
}

Status EmitStage(PrepareContext& context, std::string_view name, Stage stage) {
  Recipe recipe;
  recipe.name = name;
  recipe.stages.push_back(std::move(stage));
  return EmitOperator(context, std::move(recipe));
}

}  // namespace

Status PrepareTranspose(PrepareContext& context) {
  const Value& input = context.Input(0);
  if (input.is_constant || !context.Input(1).is_constant || input.type != context.Output(0).type) return {};
  TFLD_ASSIGN_OR_RETURN(const std::vector<std::int32_t> given, context.ConstantInts(1));
  const int rank = input.shape.rank();
  if (static_cast<int>(given.size()) != rank || rank == 0) return {};
  std::vector<std::size_t> permutation;
  for (const std::int32_t axis : given) permutation.push_back(static_cast<std::size_t>(axis < 0 ? axis + rank : axis));
  switch (ElementBits(input.type)) {
    case 8:
      return EmitStage(
          context, "xnnpack.transpose_x8",
          TransposeStage<xnn_create_transpose_nd_x8, xnn_reshape_transpose_nd_x8, xnn_setup_transpose_nd_x8>(
              input.shape, permutation));
    case 32:
      return EmitStage(
          context, "xnnpack.transpose_x32",
          TransposeStage<xnn_create_transpose_nd_x32, xnn_reshape_transpose_nd_x32, xnn_setup_transpose_nd_x32>(
              input.shape, permutation));
    default: return {};
  }
}

Status PreparePad(PrepareContext& context) {
  const Value& input = context.Input(0);
  if (input.is_constant || !context.Input(1).is_constant || input.type != context.Output(0).type) return {};
  if (!IsFloat(input) && !IsSameQuantization(input, context.Output(0))) return {};
  if (context.Input(1).type != ElementType::kInt32 && context.Input(1).type != ElementType::kInt64) return {};
  TFLD_ASSIGN_OR_RETURN(const std::vector<std::int32_t> given, context.ConstantInts(1));  // [rank, 2]
  if (static_cast<int>(given.size()) != 2 * input.shape.rank()) return {};
  Padding padding;
  for (std::size_t i = 0; i < given.size(); i += 2) {
    if (given[i] < 0 || given[i + 1] < 0) return {};
    padding.before.push_back(static_cast<std::size_t>(given[i]));
    padding.after.push_back(static_cast<std::size_t>(given[i + 1]));
  }
  if (IsFloat(input)) {
    return EmitStage(
        context, "xnnpack.pad_x32",
        PadStage<xnn_create_constant_pad_nd_x32, xnn_reshape_constant_pad_nd_x32, xnn_setup_constant_pad_nd_x32>(
            input.shape, padding));
  }
  padding.element = static_cast<std::uint8_t>(input.zero_point());
  return EmitStage(
      context, "xnnpack.pad_x8",
      PadStage<xnn_create_constant_pad_nd_x8, xnn_reshape_constant_pad_nd_x8, xnn_setup_constant_pad_nd_x8>(input.shape,
                                                                                                            padding));
}

}  // namespace tfld::engine::xnnpack
