// 1 / sqrt(x) of an integer as a fixed-point multiplier, as quantized RSQRT and L2_NORMALIZATION need it.
//
// Source: the fixed-point definitions of gemmlowp, see fixed_point_exp.h.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include "engine/kernels/reference/fixed_point.h"
#include "engine/kernels/reference/fixed_point_exp.h"

namespace tfld::engine::reference {

// For x >= 0; 0 is taken for 1. Five steps of Newton's method in Q3.28 on x scaled by a power of four.
inline QuantizedMultiplier InverseSqrt(std::int32_t x) {
  constexpr std::int32_t kOne = 1 << 28;  // Q3.28
  constexpr std::int32_t kOneAndHalf = (1 << 28) + (1 << 27);
  constexpr std::int32_t kHalfSqrt2 = 1518500250;  // Q0.31
  if (x <= 1) return {.multiplier = std::numeric_limits<std::int32_t>::max(), .shift = 0};
  int shift = 11;
  for (; x >= 1 << 29; x /= 4) ++shift;
  const int pairs = (std::countl_zero(static_cast<std::uint32_t>(x)) - 1) / 2 - 1;
  shift -= pairs;
  x <<= 2 * pairs;  // now in [2^27, 2^29)
  const auto mul = SaturatingRoundingDoublingHighMul;
  const std::int32_t half = RoundingDivideByPot(x >> 1, 1);
  std::int32_t root = kOne;
  for (int i = 0; i < 5; ++i) {
    const std::int32_t cube = SaturatingShiftLeft(mul(mul(root, root), root), 6);
    root = SaturatingShiftLeft(WrappingSub(mul(kOneAndHalf, root), mul(half, cube)), 3);
  }
  root = mul(root, kHalfSqrt2);
  if (shift < 0) {
    root = WrappingShiftLeft(root, -shift);
    shift = 0;
  }
  return {.multiplier = root, .shift = -shift};
}

}  // namespace tfld::engine::reference
