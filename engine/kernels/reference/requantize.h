// From one quantization to another.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"
#include "engine/kernels/reference/activation.h"
#include "engine/kernels/reference/fixed_point.h"

namespace tfld::engine::reference {

inline Result<QuantizedMultiplier> RequireMultiplier(const OpContext& context, double real) {
  if (const auto multiplier = QuantizeMultiplier(real)) return *multiplier;
  return context.Error(StrCat("the scales' ratio ", real, " is out of range"));
}

// For operators that leave the numbers as they are: input and output must mean the same by them.
inline Status RequireSameQuantization(const OpContext& context, int input_index, int output_index) {
  const Value& input = context.Input(input_index);
  const Value& output = context.Output(output_index);
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(input));
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(output));
  const bool same_scale = std::abs(input.scale() - output.scale()) <= 1e-6F;  // as much as TensorFlow Lite lets pass
  if (same_scale && input.zero_point() == output.zero_point()) return {};
  return context.Error(StrCat("input ", input_index, " and output ", output_index, " are quantized differently"));
}

// The nearest integer, held to what a zero point can be added to; of NaN the least. For 16 bits and fewer.
inline std::int32_t RoundBounded(float real) {
  constexpr float kBound = 1e6F;
  const float rounded = std::round(real);
  return static_cast<std::int32_t>(std::isnan(rounded) ? -kBound : std::clamp(rounded, -kBound, kBound));
}

// Computes (value - input_zero_point) * multiplier + output_zero_point, clamped.
struct Requantization {
  std::int32_t input_zero_point = 0;
  std::int32_t output_zero_point = 0;
  QuantizedMultiplier multiplier;
  Range<std::int32_t> range{};

  std::int32_t operator()(std::int32_t value) const {
    return AddAndClamp(Multiply(WrappingSub(value, input_zero_point), multiplier), output_zero_point, range.min,
                       range.max);
  }
};

}  // namespace tfld::engine::reference
