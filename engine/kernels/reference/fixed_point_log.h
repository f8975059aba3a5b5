// log(x) for x >= 1 in 32-bit fixed point, as quantized LOG_SOFTMAX needs it.
//
// Source: TensorFlow Lite's fixed-point definition; for the notation see fixed_point_exp.h. x is split into a power of
// two and a rest r near sqrt(sqrt(1/2)), in two ways of which the one with the smaller rest is right; the log of the
// rest is a quotient of polynomials in q = 2 (r - sqrt(sqrt(1/2))).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "engine/kernels/reference/fixed_point.h"
#include "engine/kernels/reference/fixed_point_exp.h"

namespace tfld::engine::reference {

// x in Q12.19, the result in Q5.26.
inline std::int32_t LogOfAtLeastOne(std::int32_t x) {
  constexpr int kInputIntegerBits = 12;
  constexpr int kExponentFractionBits = 25;  // exponents of two in Q6.25
  constexpr std::int32_t kQuarter = 1 << (kExponentFractionBits - 2);
  constexpr std::int32_t kLog2 = 1488522236;  // these in Q0.31
  constexpr std::int32_t kFourthRootHalf = 1805811301;
  constexpr std::int32_t kRootHalf = 1518500250;
  constexpr std::int32_t kAlphaN = 117049297, kAlphaD = 127690142, kAlphaI = 1057819769, kAlphaF = 638450708;
  const auto mul = SaturatingRoundingDoublingHighMul;
  const auto add = WrappingAdd;
  const auto exponent = [](int value) { return SaturatingShiftLeft(value, kExponentFractionBits); };

  const int headroom_a = std::countl_zero(static_cast<std::uint32_t>(x));
  const std::int32_t normalized = SaturatingShiftLeft(x, std::max(headroom_a - 1, 0));
  const std::int32_t rest_a = SaturatingShiftLeft(mul(normalized, kRootHalf), 1);
  const std::int32_t exponent_a = add(exponent(kInputIntegerBits - headroom_a), kQuarter);

  const int headroom_b = std::countl_zero(static_cast<std::uint32_t>(mul(x, kRootHalf))) - 1;
  const std::int32_t rest_b = SaturatingShiftLeft(x, std::max(headroom_b, 0));
  const std::int32_t exponent_b = WrappingSub(exponent(kInputIntegerBits - headroom_b), kQuarter);

  const std::int32_t r = std::min(rest_a, rest_b);
  const std::int64_t sum = static_cast<std::int64_t>(r) + kFourthRootHalf;
  const auto p = static_cast<std::int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
  const std::int32_t half_q = WrappingSub(r, kFourthRootHalf);
  const std::int32_t q = add(half_q, half_q);
  const std::int32_t q2 = mul(q, q);
  const std::int32_t numerator = add(mul(q, r), mul(mul(q, q2), kAlphaN));
  const std::int32_t denominator_minus_one = add(mul(p, add(add(kAlphaI, q), mul(kAlphaD, q2))), mul(kAlphaF, q));
  const std::int32_t log_rest = mul(RoundingDivideByPot(numerator, 6), OneOverOnePlus(denominator_minus_one));
  return SaturatingShiftLeft(add(mul(std::max(exponent_a, exponent_b), kLog2), log_rest), 1);
}

}  // namespace tfld::engine::reference
