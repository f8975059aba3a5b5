#include "engine/golden/compare.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstring>
#include <limits>
#include <type_traits>

#include "engine/tensor/string_tensor.h"

namespace tfld::engine {
namespace {

template <typename T>
T Load(std::span<const std::byte> bytes, std::int64_t index) {
  T value;
  std::memcpy(&value, bytes.data() + static_cast<std::size_t>(index) * sizeof(T), sizeof(T));
  return value;
}

double Difference(double actual, double expected) {
  if (actual == expected || (std::isnan(actual) && std::isnan(expected))) return 0.0;
  if (!std::isfinite(actual) || !std::isfinite(expected)) return std::numeric_limits<double>::infinity();
  return std::abs(actual - expected);
}

// Exact for all pairs that are nearer than 2^53.
template <std::integral T>
double Difference(T actual, T expected) {
  if (actual == expected) return 0.0;
  const auto high = static_cast<std::uint64_t>(std::max(actual, expected));
  const auto low = static_cast<std::uint64_t>(std::min(actual, expected));
  return static_cast<double>(high - low);
}

template <typename T>
double Difference(const std::complex<T>& actual, const std::complex<T>& expected) {
  return std::hypot(Difference(static_cast<double>(actual.real()), static_cast<double>(expected.real())),
                    Difference(static_cast<double>(actual.imag()), static_cast<double>(expected.imag())));
}

template <typename T>
double Magnitude(const T& value) {
  if constexpr (std::is_integral_v<T>) {
    return std::abs(static_cast<double>(value));
  } else {
    return static_cast<double>(std::abs(value));
  }
}

struct Half {
  std::uint16_t bits;
};
double Difference(Half actual, Half expected) {
  return Difference(static_cast<double>(HalfToFloat(actual.bits)), static_cast<double>(HalfToFloat(expected.bits)));
}
double Number(Half value) { return static_cast<double>(HalfToFloat(value.bits)); }
double Magnitude(Half value) { return std::abs(static_cast<double>(HalfToFloat(value.bits))); }

template <typename T>
double Number(const T& value) {
  if constexpr (std::is_arithmetic_v<T>) {
    return static_cast<double>(value);
  } else {
    return Magnitude(value);
  }
}

template <typename T>
Comparison CompareAs(std::span<const std::byte> actual, std::span<const std::byte> expected) {
  Comparison result;
  result.elements = static_cast<std::int64_t>(expected.size() / sizeof(T));
  for (std::int64_t i = 0; i < result.elements; ++i) {
    const T wanted = Load<T>(expected, i);
    const T found = Load<T>(actual, i);
    const double difference = Difference(found, wanted);
    result.differing += difference != 0.0 ? 1 : 0;
    if (difference > result.max_abs_diff) {
      result.max_abs_diff = difference;
      result.place = i;
      result.actual = Number(found);
      result.expected = Number(wanted);
    }
    if (const double magnitude = Magnitude(wanted); std::isfinite(magnitude)) {
      result.largest = std::max(result.largest, magnitude);
    }
  }
  return result;
}

Comparison CompareStrings(std::span<const std::byte> actual, std::span<const std::byte> expected) {
  const StringReader found(actual.data());
  const StringReader wanted(expected.data());
  Comparison result;
  result.elements = static_cast<std::int64_t>(wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (i < found.size() && found[i] == wanted[i]) continue;
    if (result.differing++ == 0) result.place = static_cast<std::int64_t>(i);
    result.max_abs_diff = std::numeric_limits<double>::infinity();
  }
  return result;
}

}  // namespace

float HalfToFloat(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 0x1F;
  const auto mantissa = static_cast<float>(bits & 0x3FF);
  float magnitude = 0.0F;
  if (exponent == 0) {
    magnitude = std::ldexp(mantissa, -24);
  } else if (exponent == 0x1F) {
    magnitude = mantissa == 0.0F ? std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
  } else {
    magnitude = std::ldexp(mantissa + 1024.0F, exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

Comparison Compare(ElementType type, std::span<const std::byte> actual, std::span<const std::byte> expected) {
  switch (type) {
    case ElementType::kString: return CompareStrings(actual, expected);
    case ElementType::kFloat16: return CompareAs<Half>(actual, expected);
    case ElementType::kFloat32: return CompareAs<float>(actual, expected);
    case ElementType::kFloat64: return CompareAs<double>(actual, expected);
    case ElementType::kInt8: return CompareAs<std::int8_t>(actual, expected);
    case ElementType::kInt16: return CompareAs<std::int16_t>(actual, expected);
    case ElementType::kInt32: return CompareAs<std::int32_t>(actual, expected);
    case ElementType::kInt64: return CompareAs<std::int64_t>(actual, expected);
    case ElementType::kUInt16: return CompareAs<std::uint16_t>(actual, expected);
    case ElementType::kUInt32: return CompareAs<std::uint32_t>(actual, expected);
    case ElementType::kUInt64: return CompareAs<std::uint64_t>(actual, expected);
    case ElementType::kComplex64: return CompareAs<std::complex<float>>(actual, expected);
    case ElementType::kComplex128: return CompareAs<std::complex<double>>(actual, expected);
    default: return CompareAs<std::uint8_t>(actual, expected);  // bytes, booleans, packed nibbles
  }
}

}  // namespace tfld::engine
