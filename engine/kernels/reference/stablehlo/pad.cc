// STABLEHLO_PAD: the operand with a padding value around it and between its elements; negative edges cut elements off.
#include <algorithm>
#include <limits>

#include "engine/graph/stablehlo_attributes.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/stablehlo/stablehlo.h"

namespace tfld::engine::reference {
namespace {

constexpr int kOperand = 0, kPadding = 1;
constexpr std::int64_t kMaxPadding = std::numeric_limits<std::int32_t>::max();

struct Axis {
  std::int64_t low, high, step;  // elements of the operand are `step` apart
};

Result<Axis> ReadAxis(const OpContext& context, int axis) {
  const auto& attributes = context.attributes<StablehloPadAttributes>();
  const auto at = static_cast<std::size_t>(axis);
  if (at >= attributes.edge_padding_low.size() || at >= attributes.edge_padding_high.size() ||
      at >= attributes.interior_padding.size()) {
    return context.Error(StrCat("no padding for axis ", axis));
  }
  const Axis result{attributes.edge_padding_low[at], attributes.edge_padding_high[at], attributes.interior_padding[at]};
  if (std::min(result.low, result.high) < -kMaxPadding || std::max(result.low, result.high) > kMaxPadding ||
      result.step < 0 || result.step > kMaxPadding) {
    return context.Error(StrCat("padding of ", result.low, ", ", result.high, " and ", result.step, " between"));
  }
  return Axis{result.low, result.high, result.step + 1};
}

// The elements that stay, and where they go.
struct Plan {
  StridedBox box;
  std::int64_t from = 0, to = 0;  // of the first one
  Shape output;

  static Result<Plan> Make(const OpContext& context);
};

Result<Plan> Plan::Make(const OpContext& context) {
  const Shape& operand = context.Input(kOperand).shape;
  std::vector<Axis> axes;
  Plan plan;
  bool is_empty = false;
  for (int axis = 0; axis < operand.rank(); ++axis) {
    TFLD_ASSIGN_OR_RETURN(const Axis a, ReadAxis(context, axis));
    const std::int64_t spread = operand.dim(axis) == 0 ? 0 : (std::int64_t{operand.dim(axis)} - 1) * a.step + 1;
    const std::int64_t size = spread + a.low + a.high;
    if (size > kMaxPadding) return context.Error(StrCat("axis ", axis, " grows to ", size));
    is_empty = is_empty || size <= 0;
    plan.output.Append(static_cast<std::int32_t>(std::max<std::int64_t>(size, 0)));
    axes.push_back(a);
  }
  if (is_empty) {  // then nothing is left on any axis
    for (int axis = 0; axis < operand.rank(); ++axis) plan.output.set_dim(axis, 0);
  }
  const Strides from = DenseStrides(operand), to = DenseStrides(plan.output);
  for (int axis = 0; axis < operand.rank(); ++axis) {
    const Axis& a = axes[static_cast<std::size_t>(axis)];
    const std::int64_t first = a.low < 0 ? (-a.low + a.step - 1) / a.step : 0;
    const std::int64_t room = plan.output.dim(axis) - 1 - (a.low + first * a.step);
    const std::int64_t end = room < 0 ? first : std::min<std::int64_t>(first + room / a.step + 1, operand.dim(axis));
    const auto at = static_cast<std::size_t>(axis);
    plan.box.shape.Append(static_cast<std::int32_t>(std::max<std::int64_t>(end - first, 0)));
    plan.box.from[at] = from[at];
    plan.box.to[at] = to[at] * a.step;
    plan.from += first * from[at];
    plan.to += (a.low + first * a.step) * to[at];
  }
  return plan;
}

}  // namespace

Status InferStablehloPad(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Plan plan, Plan::Make(context));
  return context.SetOutputShape(0, plan.output);
}

Status PrepareStablehloPad(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kOperand, 0));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kPadding, 0));
  if (context.Input(kPadding).shape.NumElements() != 1) return context.Error("the padding is not one element");
  TFLD_ASSIGN_OR_RETURN(const Plan plan, Plan::Make(context));
  return DispatchElementSize(context, context.Input(kOperand).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.stablehlo_pad", [plan](const RunContext& run) -> Status {
      std::fill_n(run.Output<T>(0), plan.output.NumElements(), *run.Input<T>(kPadding));
      if (plan.box.shape.NumElements() == 0 || plan.output.NumElements() == 0) return {};
      CopyBox(plan.box, run.Input<T>(kOperand) + plan.from, run.Output<T>(0) + plan.to);
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
