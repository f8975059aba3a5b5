// IEEE 754 half precision, as it is stored in float16 tensors.
#pragma once

#include <bit>
#include <cstdint>

#include "engine/tensor/element_type.h"

namespace tfld::engine::reference {

struct Half {
  std::uint16_t bits;

  explicit operator float() const;
};

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

}  // namespace tfld::engine::reference

namespace tfld::engine {

template <>
struct ElementTypeOf<reference::Half> {
  static constexpr auto value = ElementType::kFloat16;
};

}  // namespace tfld::engine
