// PAD and PADV2: output = input with padding[axis] = {before, after} more elements on each axis.
//
// They are zero; in quantized tensors the zero point; in PADV2 what the third input says.
#include <algorithm>
#include <limits>

#include "engine/kernels/reference/constant_input.h"
#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/requantize.h"

namespace tfld::engine::reference {
namespace {

constexpr int kPaddings = 1;
constexpr int kValue = 2;

Result<std::vector<std::int32_t>> ReadPaddings(const OpContext& context) {
  TFLD_ASSIGN_OR_RETURN(auto paddings, ConstantSmallInts(context, kPaddings));
  const int rank = context.Input(0).shape.rank();
  if (paddings.size() != 2 * static_cast<std::size_t>(rank)) {
    return context.Error(StrCat(paddings.size(), " paddings for rank ", rank));
  }
  if (std::ranges::any_of(paddings, [](std::int32_t padding) { return padding < 0; })) {
    return context.Error("a padding is negative");
  }
  return paddings;
}

}  // namespace

Status InferPad(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const auto paddings, ReadPaddings(context));
  Shape shape = context.Input(0).shape;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const auto at = static_cast<std::size_t>(2 * axis);
    const std::int64_t size = static_cast<std::int64_t>(paddings[at]) + shape.dim(axis) + paddings[at + 1];
    if (size > std::numeric_limits<std::int32_t>::max())
      return context.Error(StrCat("axis ", axis, " is padded to ", size));
    shape.set_dim(axis, static_cast<std::int32_t>(size));
  }
  return context.SetOutputShape(0, shape);
}

Status PreparePad(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const auto paddings, ReadPaddings(context));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const bool has_value = context.HasInput(kValue);
  if (has_value) {
    TFLD_RETURN_IF_ERROR(context.RequireSameType(kValue, 0));
    if (context.Input(kValue).shape.NumElements() != 1) return context.Error("expected a single padding value");
  }
  const Shape& output = context.Output(0).shape;
  const StridedBox box{
      .shape = context.Input(0).shape, .from = DenseStrides(context.Input(0).shape), .to = DenseStrides(output)};
  std::int64_t offset = 0;
  for (int axis = 0; axis < output.rank(); ++axis) {
    offset += paddings[static_cast<std::size_t>(2 * axis)] * box.to[static_cast<std::size_t>(axis)];
  }
  const std::int64_t count = output.NumElements();
  return DispatchElementSize(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    const T zero = ZeroElement<T>(context.Output(0));
    return context.Emit("reference.pad", [box, offset, count, has_value, zero](const RunContext& run) -> Status {
      T* to = run.Output<T>(0);
      const T* value = has_value ? run.Input<T>(kValue) : nullptr;
      std::fill_n(to, count, value != nullptr ? *value : zero);
      if (box.shape.NumElements() > 0) CopyBox(box, run.Input<T>(0), to + offset);
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
