// Sums and products that wrap instead of overflowing; those of truth values are "or" and "and".
#pragma once

#include <cstdint>
#include <type_traits>

#include "engine/kernels/reference/dispatch.h"

namespace tfld::engine::reference {

template <typename T>
T WrappingSum(T a, T b) {
  if constexpr (std::is_same_v<T, bool>) {
    return a || b;
  } else if constexpr (kIsFloat<T>) {
    return a + b;
  } else {
    return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  }
}

template <typename T>
T WrappingProduct(T a, T b) {
  if constexpr (std::is_same_v<T, bool>) {
    return a && b;
  } else if constexpr (kIsFloat<T>) {
    return a * b;
  } else {
    return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
  }
}

}  // namespace tfld::engine::reference
