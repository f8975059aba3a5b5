// Compares two tensors of the same type and shape, element by element.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/tensor/element_type.h"

namespace tfld::engine {

// NaN equals NaN, an infinity equals itself; any other difference from one of them is infinite. Complex numbers differ
// by the magnitude of their difference. Strings differ by infinity or not at all.
struct Comparison {
  double max_abs_diff = 0.0;
  std::int64_t differing = 0;
  std::int64_t elements = 0;
  double largest = 0.0;  // magnitude among the finite expected elements
  // Where the greatest difference is first met, in C order, and what stands there (of complex numbers the magnitude);
  // -1 when nothing differs.
  std::int64_t place = -1;
  double actual = 0.0;
  double expected = 0.0;
};

// Both are as many elements of `type`, which has a NumPy name or is a string.
Comparison Compare(ElementType type, std::span<const std::byte> actual, std::span<const std::byte> expected);

// Converts between a half-precision number's bits and a float (IEEE 754 binary16).
float HalfToFloat(std::uint16_t bits);

}  // namespace tfld::engine
