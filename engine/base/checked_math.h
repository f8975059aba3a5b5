// Arithmetic on sizes that come from outside: each function says whether it overflowed instead of wrapping.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>

namespace tfld {

template <std::integral T>
constexpr std::optional<T> CheckedAdd(T a, T b) {
  T result{};
  if (__builtin_add_overflow(a, b, &result)) return std::nullopt;
  return result;
}

template <std::integral T>
constexpr std::optional<T> CheckedMul(T a, T b) {
  T result{};
  if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
  return result;
}

// The least multiple of `alignment` (a power of two) that is not below `value`.
constexpr std::size_t AlignUp(std::size_t value, std::size_t alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

}  // namespace tfld
