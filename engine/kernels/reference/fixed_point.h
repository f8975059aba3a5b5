// Fixed-point arithmetic of quantized operators: a real factor as a 32-bit multiplier and a power of two.
//
// Source: the TensorFlow Lite 8-bit quantization specification and gemmlowp's fixed-point definitions. Rounding is done
// twice, as TensorFlow Lite's reference does by default: once in the high multiplication, once in the right shift. (Its
// build option of a single rounding of the 64-bit product gives other bits, and is not what goldens are made with.)
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace tfld::engine::reference {

// value * multiplier * 2^(shift - 31). multiplier is 0 or in [2^30, 2^31).
struct QuantizedMultiplier {
  std::int32_t multiplier = 0;
  int shift = 0;
};

// Nothing when `real` is not finite, negative, or so large that its shift exceeds 30.
inline std::optional<QuantizedMultiplier> QuantizeMultiplier(double real) {
  if (!std::isfinite(real) || real < 0) return std::nullopt;
  if (real == 0) return QuantizedMultiplier{};
  QuantizedMultiplier result;
  const double fraction = std::frexp(real, &result.shift);  // in [0.5, 1)
  auto fixed = static_cast<std::int64_t>(std::round(fraction * static_cast<double>(std::int64_t{1} << 31)));
  if (fixed == std::int64_t{1} << 31) {
    fixed /= 2;
    ++result.shift;
  }
  if (result.shift < -31) return QuantizedMultiplier{};  // too small to leave anything of a 32-bit value
  if (result.shift > 30) return std::nullopt;
  result.multiplier = static_cast<std::int32_t>(fixed);
  return result;
}

// value * 2^exponent, modulo 2^32.
inline std::int32_t WrappingShiftLeft(std::int32_t value, int exponent) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(value) << exponent);
}

// value * 2^exponent, saturating.
inline std::int32_t SaturatingShiftLeft(std::int32_t value, int exponent) {
  const std::int64_t shifted = static_cast<std::int64_t>(value) * (std::int64_t{1} << exponent);
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(shifted, std::numeric_limits<std::int32_t>::min(),
                                                            std::numeric_limits<std::int32_t>::max()));
}

inline std::int32_t WrappingAdd(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

inline std::int32_t WrappingSub(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b));
}

// The high half of 2 * a * b, rounded half away from zero for positive and half towards zero for negative products.
inline std::int32_t SaturatingRoundingDoublingHighMul(std::int32_t a, std::int32_t b) {
  if (a == b && a == std::numeric_limits<std::int32_t>::min()) return std::numeric_limits<std::int32_t>::max();
  const std::int64_t product = static_cast<std::int64_t>(a) * b;
  const std::int64_t nudge = product >= 0 ? (std::int64_t{1} << 30) : 1 - (std::int64_t{1} << 30);
  return static_cast<std::int32_t>((product + nudge) / (std::int64_t{1} << 31));
}

// value / 2^exponent, rounded half away from zero. exponent is in [0, 31].
inline std::int32_t RoundingDivideByPot(std::int32_t value, int exponent) {
  const std::int64_t mask = (std::int64_t{1} << exponent) - 1;
  const std::int64_t remainder = value & mask;
  const std::int64_t threshold = (mask >> 1) + (value < 0 ? 1 : 0);
  return (value >> exponent) + (remainder > threshold ? 1 : 0);
}

// Where the shift to the left exceeds 32 bits the result is the largest of its sign. TensorFlow Lite leaves it
// undefined.
inline std::int32_t Multiply(std::int32_t value, QuantizedMultiplier by) {
  const int left = by.shift > 0 ? by.shift : 0;
  const int right = by.shift > 0 ? 0 : -by.shift;
  return RoundingDivideByPot(SaturatingRoundingDoublingHighMul(SaturatingShiftLeft(value, left), by.multiplier), right);
}

// For sums of 64 bits the multiplier is cut to 16 bits, and there is one rounding, half up. by.shift is at most 7.
inline std::int64_t Multiply(std::int64_t value, QuantizedMultiplier by) {
  const std::int64_t reduced = by.multiplier < 0x7FFF0000 ? (by.multiplier + (1 << 15)) >> 16 : 0x7FFF;
  const int shift = 15 - by.shift;
  const std::uint64_t product = static_cast<std::uint64_t>(value) * static_cast<std::uint64_t>(reduced);
  return static_cast<std::int64_t>(product + (std::uint64_t{1} << (shift - 1))) >> shift;
}

// value + zero_point, clamped to [min, max].
inline std::int32_t AddAndClamp(std::int32_t value, std::int32_t zero_point, std::int32_t min, std::int32_t max) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(static_cast<std::int64_t>(value) + zero_point, min, max));
}

}  // namespace tfld::engine::reference
