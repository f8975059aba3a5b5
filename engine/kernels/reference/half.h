// The 16-bit floating-point types as they are stored in tensors: IEEE 754 half precision, and the upper half of a
// float.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "engine/tensor/element_type.h"

namespace tfld::engine::reference {

struct Half {
  std::uint16_t bits;

  explicit operator float() const;
  static Half Round(float value);  // to nearest, ties to even
};

struct BFloat16 {
  std::uint16_t bits;

  explicit operator float() const { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }
  static BFloat16 Round(float value);
};

template <typename T>
inline constexpr bool kIsHalf = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;

// Exact: every half is a float.
inline Half::operator float() const {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1FU;
  const std::uint32_t fraction = bits & 0x3FFU;
  if (exponent == 0) {  // zero or subnormal: fraction * 2^-24
    const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t wide = exponent == 0x1F ? 0xFF : exponent + 112;  // infinities and NaN stay what they are
  return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

inline Half Half::Round(float value) {
  const std::uint32_t word = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((word >> 16) & 0x8000U);
  const float magnitude = std::abs(value);
  std::uint32_t bits = 0;
  if (std::isnan(value)) {
    bits = 0x7E00;
  } else if (magnitude >= 65520.0F) {  // beyond the middle between the greatest half and the next power of two
    bits = 0x7C00;
  } else if (magnitude < 0x1p-14F) {  // subnormal: a multiple of 2^-24, to which this sum rounds
    bits = std::bit_cast<std::uint32_t>(magnitude + 0.5F) - std::bit_cast<std::uint32_t>(0.5F);
  } else {
    const std::uint32_t rebased = (word & 0x7FFFFFFFU) - (112U << 23);
    bits = (rebased + 0xFFFU + ((rebased >> 13) & 1U)) >> 13;
  }
  return Half{static_cast<std::uint16_t>(sign | bits)};
}

inline BFloat16 BFloat16::Round(float value) {
  const std::uint32_t word = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return BFloat16{static_cast<std::uint16_t>(word >> 16 | 0x40U)};
  return BFloat16{static_cast<std::uint16_t>((word + 0x7FFFU + ((word >> 16) & 1U)) >> 16)};
}

// function(x) in float, rounded to T, for the 16-bit types; function(x) otherwise.
template <typename T, typename Function, typename... Arguments>
T ApplyRounded(const Function& function, Arguments... x) {
  if constexpr (kIsHalf<T>) {
    return T::Round(function(static_cast<float>(x)...));
  } else {
    return function(x...);
  }
}

}  // namespace tfld::engine::reference

namespace tfld::engine {

template <>
struct ElementTypeOf<reference::Half> {
  static constexpr auto value = ElementType::kFloat16;
};
template <>
struct ElementTypeOf<reference::BFloat16> {
  static constexpr auto value = ElementType::kBFloat16;
};

}  // namespace tfld::engine
