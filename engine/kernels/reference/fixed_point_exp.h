// exp and 1 / (1 + x) in 32-bit fixed point, as quantized SOFTMAX needs them.
//
// Source: the fixed-point definitions of gemmlowp. Qm.n: m integer and n fraction bits beside the sign; a product of
// Qa and Qb is Q(a+b). Raw constants are the real ones times 2^n, rounded.
#pragma once

#include <cstdint>
#include <limits>

#include "engine/kernels/reference/fixed_point.h"

namespace tfld::engine::reference {

// exp(x) in Q0.31 for x in [-1/4, 0) in Q0.31: Taylor's series around -1/8 up to the fourth power.
inline std::int32_t ExpOnSmallInterval(std::int32_t x) {
  constexpr std::int32_t kExpOfMinusEighth = 1895147668;
  constexpr std::int32_t kOneThird = 715827883;
  const auto mul = SaturatingRoundingDoublingHighMul;
  const std::int32_t d = WrappingAdd(x, 1 << 28);  // x + 1/8
  const std::int32_t d2 = mul(d, d);
  const std::int32_t d3 = mul(d2, d);
  const std::int32_t d4 = mul(d2, d2);
  const std::int32_t tail = mul(WrappingAdd(RoundingDivideByPot(d4, 2), d3), kOneThird);  // d^4 / 12 + d^3 / 3
  const std::int32_t series = WrappingAdd(d, RoundingDivideByPot(WrappingAdd(tail, d2), 1));
  return WrappingAdd(kExpOfMinusEighth, mul(kExpOfMinusEighth, series));
}

// exp(x) in Q0.31 for x <= 0 in Q5.26: the last quarter by the series, the rest by a factor for each bit.
inline std::int32_t ExpOnNegative(std::int32_t x) {
  constexpr int kFractionBits = 26;
  constexpr std::int32_t kQuarter = 1 << (kFractionBits - 2);
  constexpr std::int32_t kFactors[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  if (x == 0) return std::numeric_limits<std::int32_t>::max();
  const std::int32_t mod_quarter = (x & (kQuarter - 1)) - kQuarter;  // in [-1/4, 0)
  std::int32_t result = ExpOnSmallInterval(SaturatingShiftLeft(mod_quarter, 5));
  const std::int32_t remainder = WrappingSub(mod_quarter, x);
  for (int i = 0; i < 7; ++i) {  // exp of -2^(i-2)
    if ((remainder & (kQuarter << i)) != 0) result = SaturatingRoundingDoublingHighMul(result, kFactors[i]);
  }
  return result;
}

// 1 / (1 + x) in Q0.31 for x in [0, 1) in Q0.31: three steps of Newton's method.
inline std::int32_t OneOverOnePlus(std::int32_t x) {
  constexpr std::int32_t k48Over17 = 1515870810;        // Q2.29
  constexpr std::int32_t kMinus32Over17 = -1010580540;  // Q2.29
  constexpr std::int32_t kOne = 1 << 29;                // Q2.29
  const auto mul = SaturatingRoundingDoublingHighMul;
  const std::int64_t sum = static_cast<std::int64_t>(x) + std::numeric_limits<std::int32_t>::max();
  const auto half_denominator = static_cast<std::int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
  std::int32_t estimate = WrappingAdd(k48Over17, mul(half_denominator, kMinus32Over17));
  for (int i = 0; i < 3; ++i) {
    const std::int32_t error = WrappingSub(kOne, mul(half_denominator, estimate));
    estimate = WrappingAdd(estimate, SaturatingShiftLeft(mul(estimate, error), 2));
  }
  return SaturatingShiftLeft(estimate, 1);  // half of it, from Q2.29 to Q0.31
}

}  // namespace tfld::engine::reference
