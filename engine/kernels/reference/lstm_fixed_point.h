// logistic and tanh in 16-bit fixed point, as the integer LSTM needs them.
//
// Source: the fixed-point definitions of gemmlowp. Qm.n: m integer and n fraction bits beside the sign; results are
// Q0.15. Constants are the real ones times 2^n, rounded. The 32-bit functions are in fixed_point_exp.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "engine/kernels/reference/fixed_point.h"

namespace tfld::engine::reference::fixed16 {

inline std::int16_t Wrap(std::int32_t value) { return static_cast<std::int16_t>(value); }

inline std::int16_t Saturate(std::int32_t value) {
  return Wrap(std::clamp<std::int32_t>(value, std::numeric_limits<std::int16_t>::min(),
                                       std::numeric_limits<std::int16_t>::max()));
}

// Half of the product doubled: Qa * Qb is Q(a+b).
inline std::int16_t Mul(std::int16_t a, std::int16_t b) {
  constexpr std::int16_t kMin = std::numeric_limits<std::int16_t>::min();
  if (a == kMin && b == kMin) return std::numeric_limits<std::int16_t>::max();
  const std::int32_t product = std::int32_t{a} * b;
  return Wrap((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}

// value * 2^exponent: rounded for a negative exponent, saturating for a positive one.
inline std::int16_t Scale(std::int16_t value, int exponent) {
  if (exponent < 0) return Wrap(RoundingDivideByPot(value, -exponent));
  return Saturate(std::int32_t{value} * (1 << exponent));
}

// exp(x) for x <= 0 in Q(integer_bits): the last quarter by Taylor's series around -1/8, the rest by a factor a bit.
inline std::int16_t Exp(std::int16_t x, int integer_bits) {
  constexpr std::int16_t kExpOfMinusEighth = 28918, kOneThird = 10923;
  constexpr std::int16_t kFactors[] = {25520, 19875, 12055, 4435, 600, 11, 0};  // exp of -2^(i-2)
  if (x == 0) return std::numeric_limits<std::int16_t>::max();
  const int fraction_bits = 15 - integer_bits;
  if (integer_bits > 5 && x < -(1 << (fraction_bits + 5))) return 0;  // below -32
  const int quarter = 1 << (fraction_bits - 2);
  const std::int16_t mod_quarter = Wrap((x & (quarter - 1)) - quarter);  // in [-1/4, 0)

  const std::int16_t d = Wrap(Scale(mod_quarter, integer_bits) + (1 << 12));
  const std::int16_t d2 = Mul(d, d), d3 = Mul(d2, d), d4 = Mul(d2, d2);
  const std::int16_t tail = Mul(Wrap(Scale(d4, -2) + d3), kOneThird);
  const std::int16_t series = Wrap(d + Scale(Wrap(tail + d2), -1));
  std::int16_t result = Saturate(kExpOfMinusEighth + Mul(kExpOfMinusEighth, series));

  const std::int16_t remainder = Wrap(mod_quarter - x);
  for (int i = 0; i < 7 && i - 2 < integer_bits; ++i) {
    if ((remainder & (quarter << i)) != 0) result = Mul(result, kFactors[i]);
  }
  return result;
}

// 2 / (1 + x) in Q2.13 for x in [0, 1): three steps of Newton's method.
inline std::int16_t TwoOverOnePlus(std::int16_t x) {
  constexpr std::int16_t k48Over17 = 23130, kMinus32Over17 = -15420, kOne = 1 << 13;  // Q2.13
  const std::int32_t sum = std::int32_t{x} + std::numeric_limits<std::int16_t>::max();
  const std::int16_t half_denominator = Wrap((sum + (sum >= 0 ? 1 : -1)) / 2);
  std::int16_t estimate = Wrap(k48Over17 + Mul(half_denominator, kMinus32Over17));
  for (int i = 0; i < 3; ++i) {
    const std::int16_t error = Wrap(kOne - Mul(half_denominator, estimate));
    estimate = Wrap(estimate + Scale(Mul(estimate, error), 2));
  }
  return estimate;
}

// Of x in Q3.12.
inline std::int16_t Logistic(std::int16_t x) {
  if (x == 0) return 1 << 14;
  const std::int16_t negative = x > 0 ? Wrap(-x) : x;
  const std::int16_t of_magnitude = Scale(TwoOverOnePlus(Exp(negative, 3)), 1);
  return x > 0 ? of_magnitude : Wrap(std::numeric_limits<std::int16_t>::max() - of_magnitude);
}

// Of x in Q(integer_bits), which is from 0 to 6: (1 - e) / (1 + e) with e = exp(-2x).
inline std::int16_t Tanh(std::int16_t x, int integer_bits) {
  if (x == 0) return 0;
  const std::int16_t negative = x > 0 ? Wrap(-x) : x;
  const std::int16_t of_magnitude = Scale(Wrap(TwoOverOnePlus(Exp(negative, integer_bits + 1)) - (1 << 13)), 2);
  return x > 0 ? of_magnitude : Wrap(-of_magnitude);
}

}  // namespace tfld::engine::reference::fixed16
