// Operators that give the same elements a new shape: RESHAPE, SQUEEZE, EXPAND_DIMS.
#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "engine/kernels/reference/axes.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

Result<std::vector<std::int32_t>> RequestedShape(const OpContext& context) {
  if (context.HasInput(1)) return context.ConstantInts(1);
  std::vector<std::int32_t> dims = context.attributes<ReshapeAttributes>().new_shape;
  if (dims.size() == 1 && dims[0] == 0) dims.clear();  // how old converters wrote a scalar
  return dims;
}

std::int64_t NonZeroProduct(const Shape& shape) {
  std::int64_t product = 1;
  for (const std::int32_t size : shape.dims()) product *= size == 0 ? 1 : size;
  return product;
}

}  // namespace

Status InferReshape(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(std::vector<std::int32_t> dims, RequestedShape(context));
  const std::int64_t elements = context.Input(0).shape.NumElements();
  const auto open = std::find(dims.begin(), dims.end(), -1);
  if (open != dims.end()) {
    *open = 1;
    TFLD_ASSIGN_OR_RETURN(const Shape rest, Shape::Make(dims));
    // Without elements, the open dimension is what those that are not 0 leave over.
    const bool is_empty = rest.NumElements() == 0;
    const std::int64_t known = is_empty ? NonZeroProduct(rest) : rest.NumElements();
    const std::int64_t total = is_empty ? NonZeroProduct(context.Input(0).shape) : elements;
    if (total % known != 0 || total / known > std::numeric_limits<std::int32_t>::max()) {
      return context.Error(StrCat("input of shape ", context.Input(0).shape.ToString(), " does not fit into ",
                                  rest.ToString(), " with one dimension open"));
    }
    *open = static_cast<std::int32_t>(total / known);
  }
  auto shape = Shape::Make(dims);
  if (!shape.ok()) return context.Error(shape.status().message());
  if (shape->NumElements() != elements) {
    return context.Error(
        StrCat("input of shape ", context.Input(0).shape.ToString(), " does not fit into ", shape->ToString()));
  }
  return context.SetOutputShape(0, *shape);
}

Status InferSqueeze(InferContext& context) {
  const Shape& input = context.Input(0).shape;
  const auto& requested = context.attributes<SqueezeAttributes>().squeeze_dims;
  std::array<bool, kMaxRank> drop{};
  for (const std::int32_t dim : requested) {
    TFLD_ASSIGN_OR_RETURN(const int axis, ResolveAxis(context, dim, input.rank()));
    if (input.dim(axis) != 1) return context.Error(StrCat("dimension ", axis, " of ", input.ToString(), " is not 1"));
    drop[static_cast<std::size_t>(axis)] = true;
  }
  Shape output;
  for (int axis = 0; axis < input.rank(); ++axis) {
    const bool dropped = requested.empty() ? input.dim(axis) == 1 : drop[static_cast<std::size_t>(axis)];
    if (!dropped) output.Append(input.dim(axis));
  }
  return context.SetOutputShape(0, output);
}

Status InferExpandDims(InferContext& context) {
  const Shape& input = context.Input(0).shape;
  TFLD_ASSIGN_OR_RETURN(const auto requested, context.ConstantInts(1));
  if (requested.size() != 1 || input.rank() == kMaxRank) return context.Error("expected one axis and room for it");
  TFLD_ASSIGN_OR_RETURN(const int axis, ResolveAxis(context, requested[0], input.rank() + 1));
  Shape output;
  for (int i = 0; i <= input.rank(); ++i) {
    if (i == axis) output.Append(1);
    if (i < input.rank()) output.Append(input.dim(i));
  }
  return context.SetOutputShape(0, output);
}

// The planner usually gives input and output the same memory; then there is nothing to do.
Status PrepareReshape(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  if (ElementBits(context.Input(0).type) == 0) return context.Unsupported("the type has no fixed size");
  return context.Emit("reference.reshape", [bytes = context.Input(0).byte_size()](const RunContext& run) -> Status {
    const auto* input = run.Input<std::byte>(0);
    auto* output = run.Output<std::byte>(0);
    if (input != output && bytes > 0) std::memcpy(output, input, bytes);
    return {};
  });
}

}  // namespace tfld::engine::reference
