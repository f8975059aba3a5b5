// STABLEHLO_REDUCE_WINDOW: windows that slide over the operand, each reduced to one element by the one operator of the
// body graph. The operand may be dilated and padded first; what that adds is the initial value, and takes part.
#include <algorithm>
#include <limits>

#include "engine/graph/stablehlo_attributes.h"
#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/stablehlo/combine.h"
#include "engine/kernels/reference/stablehlo/stablehlo.h"

namespace tfld::engine::reference {
namespace {

constexpr int kOperand = 0, kInitial = 1;
constexpr std::int64_t kMaxSize = std::numeric_limits<std::int32_t>::max();

struct Axis {
  std::int64_t size, base_dilation;  // of the operand
  std::int64_t window, window_stride, window_dilation;
  std::int64_t low;  // padding in front; negative: what is cut off
  std::int64_t padded, output;
  std::int64_t stride;  // between elements of the operand

  // The element of the operand at a place of the dilated and padded one; negative when there is none.
  std::int64_t At(std::int64_t place) const {
    place -= low;
    if (place < 0 || place % base_dilation != 0) return -1;
    return place / base_dilation < size ? place / base_dilation : -1;
  }
};

Result<std::int64_t> ReadOption(const OpContext& context, std::string_view name,
                                const std::vector<std::int64_t>& values, std::size_t at, std::int64_t absent,
                                std::int64_t min) {
  if (values.empty()) return absent;
  if (at >= values.size()) return context.Error(StrCat(name, " has ", values.size(), " elements"));
  if (values[at] < min || values[at] > kMaxSize) return context.Error(StrCat(name, " has ", values[at]));
  return values[at];
}

Result<Axis> ReadAxis(const OpContext& context, int axis) {
  const auto& options = context.attributes<StablehloReduceWindowAttributes>();
  const auto at = static_cast<std::size_t>(axis);
  Axis a{};
  a.size = context.Input(kOperand).shape.dim(axis);
  if (options.window_dimensions.empty()) return context.Error("there are no window_dimensions");
  TFLD_ASSIGN_OR_RETURN(a.window, ReadOption(context, "window_dimensions", options.window_dimensions, at, 1, 1));
  TFLD_ASSIGN_OR_RETURN(a.window_stride, ReadOption(context, "window_strides", options.window_strides, at, 1, 1));
  TFLD_ASSIGN_OR_RETURN(a.base_dilation, ReadOption(context, "base_dilations", options.base_dilations, at, 1, 1));
  TFLD_ASSIGN_OR_RETURN(a.window_dilation, ReadOption(context, "window_dilations", options.window_dilations, at, 1, 1));
  TFLD_ASSIGN_OR_RETURN(a.low, ReadOption(context, "padding", options.padding, 2 * at, 0, -kMaxSize));
  TFLD_ASSIGN_OR_RETURN(const std::int64_t high,
                        ReadOption(context, "padding", options.padding, 2 * at + 1, 0, -kMaxSize));
  const std::int64_t dilated = a.size == 0 ? 0 : (a.size - 1) * a.base_dilation + 1;
  const std::int64_t window = (a.window - 1) * a.window_dilation + 1;
  a.padded = dilated + a.low + high;
  a.output = a.padded < window ? 0 : (a.padded - window) / a.window_stride + 1;
  if (a.padded > kMaxSize) return context.Error(StrCat("axis ", axis, " grows to ", a.padded));
  return a;
}

Result<std::vector<Axis>> ReadAxes(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kOperand, 1, kMaxRank));
  const Shape& operand = context.Input(kOperand).shape;
  const Strides strides = DenseStrides(operand);
  std::vector<Axis> axes;
  std::int64_t padded = 1;
  for (int axis = 0; axis < operand.rank(); ++axis) {
    TFLD_ASSIGN_OR_RETURN(Axis a, ReadAxis(context, axis));
    a.stride = strides[static_cast<std::size_t>(axis)];
    axes.push_back(a);
    padded *= std::max<std::int64_t>(a.padded, 1);
    if (padded > kMaxSize) return context.Unsupported("dilation and padding make too many elements");
  }
  return axes;
}

template <Combination kind, typename T>
class Reducer {
 public:
  Reducer(const std::vector<Axis>& axes, const T* operand, T initial, T* output)
      : axes_(axes), operand_(operand), initial_(initial), output_(output) {}

  // Slides the window along the axes from `axis` on.
  void Slide(std::size_t axis) {
    if (axis == axes_.size()) {
      T sum = initial_;
      Reduce(0, 0, sum);
      *output_++ = sum;
      return;
    }
    for (std::int64_t i = 0; i < axes_[axis].output; ++i) {
      first_[axis] = i * axes_[axis].window_stride;
      Slide(axis + 1);
    }
  }

 private:
  // `offset`: of the operand's element so far, or negative when the place lies between or around its elements.
  void Reduce(std::size_t axis, std::int64_t offset, T& sum) const {
    if (axis == axes_.size()) {
      sum = Combine<kind>(sum, offset < 0 ? initial_ : operand_[offset]);
      return;
    }
    const Axis& a = axes_[axis];
    for (std::int64_t i = 0; i < a.window; ++i) {
      const std::int64_t index = a.At(first_[axis] + i * a.window_dilation);
      Reduce(axis + 1, offset < 0 || index < 0 ? -1 : offset + index * a.stride, sum);
    }
  }

  const std::vector<Axis>& axes_;
  const T* operand_;
  const T initial_;
  T* output_;
  std::array<std::int64_t, kMaxRank> first_{};
};

// Integers are reduced by whether they are 0 or not.
Combination Logical(Combination combination) {
  if (combination == Combination::kAnd) return Combination::kAll;
  return combination == Combination::kOr ? Combination::kAny : combination;
}

}  // namespace

Status InferStablehloReduceWindow(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const std::vector<Axis> axes, ReadAxes(context));
  Shape shape;
  for (const Axis& axis : axes) shape.Append(static_cast<std::int32_t>(axis.output));
  return context.SetOutputShape(0, shape);
}

Status PrepareStablehloReduceWindow(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kOperand, 0));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kInitial, 0));
  if (context.Input(kInitial).shape.NumElements() != 1) return context.Error("the initial value is not one element");
  TFLD_ASSIGN_OR_RETURN(const std::vector<Axis> axes, ReadAxes(context));
  TFLD_ASSIGN_OR_RETURN(const Combination combination,
                        CombinationOf(context, context.attributes<StablehloReduceWindowAttributes>().body_graph));
  if (combination == Combination::kAssign) return context.Unsupported("a body without an operator");
  return DispatchCombinable(context, context.Input(kOperand).type, [&]<typename T>(TypeTag<T>) -> Status {
    return DispatchCombination(Logical(combination), [&]<Combination kind>(CombinationTag<kind>) -> Status {
      return context.Emit("reference.stablehlo_reduce_window", [axes](const RunContext& run) -> Status {
        Reducer<kind, T>(axes, run.Input<T>(kOperand), *run.Input<T>(kInitial), run.Output<T>(0)).Slide(0);
        return {};
      });
    });
  });
}

}  // namespace tfld::engine::reference
