// RANGE: start, start + delta, start + 2 delta, .. before limit.
#include <cmath>
#include <limits>

#include "engine/kernels/reference/constant_input.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/movement.h"
#include "engine/kernels/reference/wrapping.h"

namespace tfld::engine::reference {
namespace {

constexpr int kStart = 0;
constexpr int kLimit = 1;
constexpr int kDelta = 2;

// How many numbers there are; delta leads from start to limit. Infinite or NaN when they do not.
template <typename T>
double CountSteps(T start, T limit, T delta) {
  if constexpr (kIsFloat<T>) {
    return std::ceil(std::abs((limit - start) / delta));
  } else {
    // The distance of two integers fits into the unsigned type of their size.
    const auto distance = [](T a, T b) {
      return a < b ? static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a)
                   : static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b);
    };
    const std::uint64_t length = distance(start, limit), step = distance(delta, 0);
    return static_cast<double>(length / step + (length % step != 0 ? 1 : 0));
  }
}

template <typename T>
Status Infer(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const T start, ConstantScalar<T>(context, kStart));
  TFLD_ASSIGN_OR_RETURN(const T limit, ConstantScalar<T>(context, kLimit));
  TFLD_ASSIGN_OR_RETURN(const T delta, ConstantScalar<T>(context, kDelta));
  if (!((start >= limit && delta < 0) || (start <= limit && delta > 0))) {
    return context.Error(StrCat("steps of ", delta, " do not lead from ", start, " to ", limit));
  }
  const double count = CountSteps(start, limit, delta);
  if (!(count <= std::numeric_limits<std::int32_t>::max())) {
    return context.Error(StrCat("there are too many steps of ", delta, " from ", start, " to ", limit));
  }
  return context.SetOutputShape(0, Shape{static_cast<std::int32_t>(count)});
}

}  // namespace

Status InferRange(InferContext& context) {
  return DispatchType<float, std::int32_t, std::int64_t>(
      context, context.Input(kStart).type, [&]<typename T>(TypeTag<T>) -> Status { return Infer<T>(context); });
}

Status PrepareRange(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kStart, 0));
  const std::int64_t count = context.Output(0).shape.NumElements();
  return DispatchType<float, std::int32_t, std::int64_t>(
      context, context.Output(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        return context.Emit("reference.range", [count](const RunContext& run) -> Status {
          T* output = run.Output<T>(0);
          T value = *run.Input<T>(kStart);
          for (std::int64_t i = 0; i < count; ++i, value = WrappingSum(value, *run.Input<T>(kDelta))) output[i] = value;
          return {};
        });
      });
}

}  // namespace tfld::engine::reference
