// What SOFTMAX and LOG_SOFTMAX of quantized numbers have in common: differences to a row's greatest element in fixed
// point.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"
#include "engine/kernels/reference/fixed_point_exp.h"

namespace tfld::engine::reference {

// Differences to the greatest element are exponents in Q5.26; their exps are summed in Q12.19.
constexpr int kDifferenceIntegerBits = 5;
constexpr int kSumIntegerBits = 12;

struct SoftmaxScale {
  std::int32_t multiplier;
  int left_shift;
  std::int32_t least_difference;  // below it, exp is zero

  // The scaled difference in Q5.26.
  std::int32_t Scale(std::int32_t difference) const {
    return SaturatingRoundingDoublingHighMul(WrappingShiftLeft(difference, left_shift), multiplier);
  }
  // exp of it in Q0.31.
  std::int32_t Exp(std::int32_t difference) const {
    return difference < least_difference ? 0 : ExpOnNegative(Scale(difference));
  }
};

inline Result<SoftmaxScale> MakeSoftmaxScale(const OpContext& context, float beta, float input_scale) {
  const double real =
      std::min(static_cast<double>(beta) * static_cast<double>(input_scale) * (1 << (31 - kDifferenceIntegerBits)),
               static_cast<double>(std::numeric_limits<std::int32_t>::max()));
  if (!(real > 1)) return context.Error(StrCat("beta ", beta, " and scale ", input_scale, " are out of range"));
  SoftmaxScale scale{};
  const double fraction = std::frexp(real, &scale.left_shift);
  auto fixed = static_cast<std::int64_t>(std::round(fraction * static_cast<double>(std::int64_t{1} << 31)));
  if (fixed == std::int64_t{1} << 31) {
    fixed /= 2;
    ++scale.left_shift;
  }
  scale.multiplier = static_cast<std::int32_t>(fixed);
  scale.left_shift = std::min(scale.left_shift, 31);
  const double radius = ((1 << kDifferenceIntegerBits) - 1) *
                        static_cast<double>(std::int64_t{1} << (31 - kDifferenceIntegerBits)) /
                        static_cast<double>(std::int64_t{1} << scale.left_shift);
  scale.least_difference = -static_cast<std::int32_t>(std::floor(radius));
  return scale;
}

}  // namespace tfld::engine::reference
