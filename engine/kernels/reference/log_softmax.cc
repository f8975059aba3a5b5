// LOG_SOFTMAX over the last axis: x - max - log(sum of exp(x - max)).
//
// 8-bit outputs have a fixed quantization: steps of 1/16, and the greatest integer stands for zero.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/fixed_point_log.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/requantize.h"
#include "engine/kernels/reference/softmax_scale.h"

namespace tfld::engine::reference {
namespace {

void LogSoftmaxRow(std::int64_t depth, const float* input, float* output) {
  const float max = *std::max_element(input, input + depth);
  float sum = 0;
  for (std::int64_t i = 0; i < depth; ++i) sum += std::exp(input[i] - max);
  const float log_sum = std::log(sum);
  for (std::int64_t i = 0; i < depth; ++i) output[i] = input[i] - max - log_sum;
}

struct QuantizedLogSoftmax {
  SoftmaxScale scale;
  QuantizedMultiplier inverse_scale;  // from Q5.26 back to differences

  template <typename T>
  void Row(std::int64_t depth, const T* input, T* output) const {
    constexpr std::int32_t kMin = std::numeric_limits<T>::min();
    constexpr std::int32_t kMax = std::numeric_limits<T>::max();
    constexpr int kOutputFractionBits = 4;
    const std::int32_t max = *std::max_element(input, input + depth);
    std::int32_t sum = 0;
    for (std::int64_t i = 0; i < depth; ++i) {
      sum = WrappingAdd(sum, RoundingDivideByPot(scale.Exp(input[i] - max), kSumIntegerBits));
    }
    const std::int32_t log_sum = LogOfAtLeastOne(sum);
    // Differences up to this one have results below the least that Q5.26 holds.
    const std::int32_t least =
        std::max(scale.least_difference - 1,
                 Multiply(WrappingAdd(log_sum, std::numeric_limits<std::int32_t>::min()), inverse_scale));
    for (std::int64_t i = 0; i < depth; ++i) {
      const std::int32_t difference = input[i] - max;
      const std::int32_t log = WrappingSub(scale.Scale(difference), log_sum);
      const std::int32_t rounded = RoundingDivideByPot(log, 31 - kDifferenceIntegerBits - kOutputFractionBits);
      output[i] = static_cast<T>(difference > least ? AddAndClamp(rounded, kMax, kMin, kMax) : kMin);
    }
  }
};

template <typename T>
Result<QuantizedLogSoftmax> MakeQuantized(const OpContext& context) {
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(input));
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(output));
  if (output.scale() != 1.0F / 16 || output.zero_point() != std::numeric_limits<T>::max()) {
    return context.Unsupported(StrCat("the output has scale ", output.scale(), " and zero point ", output.zero_point(),
                                      "; supported are 0.0625 and ", +std::numeric_limits<T>::max()));
  }
  QuantizedLogSoftmax function{};
  TFLD_ASSIGN_OR_RETURN(function.scale, MakeSoftmaxScale(context, 1.0F, input.scale()));
  const double inverse = std::ldexp(1.0, 31 - function.scale.left_shift) / function.scale.multiplier;
  TFLD_ASSIGN_OR_RETURN(function.inverse_scale, RequireMultiplier(context, inverse));
  return function;
}

}  // namespace

Status PrepareLogSoftmax(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const Shape& shape = context.Input(0).shape;
  const std::int64_t depth = shape.dim(shape.rank() - 1);
  const std::int64_t rows = depth == 0 ? 0 : shape.Product(0, shape.rank() - 1);
  const auto emit = [&]<typename T>(TypeTag<T>, auto row) {
    return context.Emit("reference.log_softmax", [rows, depth, row](const RunContext& run) -> Status {
      for (std::int64_t i = 0; i < rows; ++i) row(depth, run.Input<T>(0) + i * depth, run.Output<T>(0) + i * depth);
      return {};
    });
  };
  return DispatchType<float, std::int8_t, std::uint8_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T> tag) -> Status {
        if constexpr (kIsFloat<T>) {
          return emit(tag, LogSoftmaxRow);
        } else {
          TFLD_ASSIGN_OR_RETURN(const QuantizedLogSoftmax function, MakeQuantized<T>(context));
          return emit(tag, [function](std::int64_t n, const T* from, T* to) { function.Row(n, from, to); });
        }
      });
}

}  // namespace tfld::engine::reference
