// DILATE: puts dilations[axis] - 1 copies of a padding value between neighbours on each axis.
#include <algorithm>
#include <limits>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/nn.h"

namespace tfld::engine::reference {
namespace {

constexpr int kDilations = 1;
constexpr int kPaddingValue = 2;

Result<std::vector<std::int32_t>> Dilations(const OpContext& context) {
  const Shape& input = context.Input(0).shape;
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, kMaxRank));
  TFLD_ASSIGN_OR_RETURN(auto dilations, context.ConstantInts(kDilations));
  if (static_cast<int>(dilations.size()) != input.rank()) {
    return context.Error(StrCat(dilations.size(), " dilations for an input of shape ", input.ToString()));
  }
  for (const std::int32_t dilation : dilations) {
    if (dilation < 1) return context.Error(StrCat("dilation ", dilation, "; expected at least 1"));
  }
  return dilations;
}

}  // namespace

Status InferDilate(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const auto dilations, Dilations(context));
  const Shape& input = context.Input(0).shape;
  Shape shape;
  for (int axis = 0; axis < input.rank(); ++axis) {
    const std::int64_t dilation = dilations[static_cast<std::size_t>(axis)];
    const std::int64_t size = input.dim(axis) == 0 ? 0 : (input.dim(axis) - 1) * dilation + 1;
    if (size > std::numeric_limits<std::int32_t>::max()) return context.Error(StrCat("axis ", axis, " is too large"));
    shape.Append(static_cast<std::int32_t>(size));
  }
  return context.SetOutputShape(0, shape);
}

Status PrepareDilate(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const auto dilations, Dilations(context));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kPaddingValue, 0));
  if (context.Input(kPaddingValue).shape.NumElements() != 1) return context.Error("the padding is not one value");
  const Shape& shape = context.Input(0).shape;
  StridedBox box{.shape = shape, .from = DenseStrides(shape), .to = DenseStrides(context.Output(0).shape)};
  for (std::size_t axis = 0; axis < dilations.size(); ++axis) box.to[axis] *= dilations[axis];
  const std::int64_t count = context.Output(0).shape.NumElements();
  return DispatchElementSize(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.dilate", [box, count](const RunContext& run) -> Status {
      std::fill_n(run.Output<T>(0), count, *run.Input<T>(kPaddingValue));
      if (count > 0) CopyBox(box, run.Input<T>(0), run.Output<T>(0));
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
