// REDUCE_WINDOW: input, initial value, window sizes, strides and dilations (int64, one an axis) -> the folded windows.
#include "engine/kernels/reference/reduce_window.h"

#include <algorithm>
#include <limits>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/nn.h"

namespace tfld::engine::reference {
namespace {

enum Input { kValues, kInitial, kSizes, kStrides, kDilations };

Result<std::vector<std::int32_t>> PositiveInts(const OpContext& context, int input) {
  TFLD_ASSIGN_OR_RETURN(auto values, context.ConstantInts(input));
  if (static_cast<int>(values.size()) != context.Input(kValues).shape.rank()) {
    return context.Error(StrCat("input ", input, " has ", values.size(), " elements for an input of shape ",
                                context.Input(kValues).shape.ToString()));
  }
  for (const std::int32_t value : values) {
    if (value < 1) return context.Error(StrCat("input ", input, " has ", value, "; expected at least 1"));
  }
  return values;
}

Result<ReductionWindow> MakeWindow(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kValues, 1, kMaxRank));
  const Shape& shape = context.Input(kValues).shape;
  TFLD_ASSIGN_OR_RETURN(const auto sizes, PositiveInts(context, kSizes));
  TFLD_ASSIGN_OR_RETURN(const auto strides, PositiveInts(context, kStrides));
  TFLD_ASSIGN_OR_RETURN(const auto dilations, PositiveInts(context, kDilations));
  ReductionWindow window{.axes = {}, .rank = shape.rank()};
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    ReductionAxis& here = window.axes[axis];
    here.input = shape.dim(static_cast<int>(axis));
    here.taps = sizes[axis];
    here.stride = strides[axis];
    here.dilation = dilations[axis];
    const std::int64_t extent = (here.taps - 1) * here.dilation + 1;
    here.output = extent > here.input ? 0 : (here.input - extent) / here.stride + 1;
  }
  return window;
}

// Sums and products of integers wrap.
template <typename T>
T Wrapped(T a, T b, bool product) {
  if constexpr (kIsFloat<T>) {
    return product ? a * b : a + b;
  } else {
    const auto x = static_cast<std::uint64_t>(a), y = static_cast<std::uint64_t>(b);
    return static_cast<T>(product ? x * y : x + y);
  }
}

// Calls use(function) with the function that folds two elements.
template <typename T, typename Use>
Status WithReduction(const OpContext& context, Use&& use) {
  constexpr int kAdd = 1, kMultiply = 2, kMinimum = 3, kMaximum = 4, kAll = 5, kAny = 6;
  const int reduction = context.attributes<ReduceWindowAttributes>().reduction;
  switch (reduction) {
    case kAdd: return use([](T a, T b) { return Wrapped(a, b, false); });
    case kMultiply: return use([](T a, T b) { return Wrapped(a, b, true); });
    case kMinimum: return use([](T a, T b) { return a <= b ? a : b; });
    case kMaximum: return use([](T a, T b) { return a >= b ? a : b; });
    case kAll: return use([](T a, T b) { return static_cast<T>(a != T{} && b != T{}); });
    case kAny: return use([](T a, T b) { return static_cast<T>(a != T{} || b != T{}); });
    default: return context.Unsupported(StrCat("reduction ", reduction, " is not supported"));
  }
}

}  // namespace

Status InferReduceWindow(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const ReductionWindow window, MakeWindow(context));
  Shape shape;
  for (int axis = 0; axis < window.rank; ++axis) {
    shape.Append(static_cast<std::int32_t>(window.axes[static_cast<std::size_t>(axis)].output));
  }
  return context.SetOutputShape(0, shape);
}

Status PrepareReduceWindow(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const ReductionWindow window, MakeWindow(context));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kValues, 0));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kInitial, 0));
  if (context.Input(kInitial).shape.NumElements() != 1) return context.Error("the initial value is not one value");
  return DispatchType<float, double, std::int8_t, std::uint8_t, std::int16_t, std::int32_t, std::int64_t, bool>(
      context, context.Input(kValues).type, [&]<typename T>(TypeTag<T>) -> Status {
        return WithReduction<T>(context, [&](auto function) {
          return context.Emit("reference.reduce_window", [window, function](const RunContext& run) -> Status {
            window.Reduce(run.Input<T>(kValues), *run.Input<T>(kInitial), run.Output<T>(0), function);
            return {};
          });
        });
      });
}

}  // namespace tfld::engine::reference
