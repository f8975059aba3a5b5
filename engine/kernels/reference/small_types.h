// Element types that C++ does not have: complex numbers as tensors hold them, and integers of 4 and 2 bits, packed from
// the low bits of each byte up.
#pragma once

#include <complex>
#include <cstdint>
#include <limits>

#include "engine/tensor/element_type.h"

namespace tfld::engine {

template <>
struct ElementTypeOf<std::complex<float>> {
  static constexpr auto value = ElementType::kComplex64;
};

namespace reference {

using Complex64 = std::complex<float>;

// How elements of an integer type below 8 bits are stored.
template <ElementType type>
struct Packed {
  static constexpr int kBits = type == ElementType::kInt2 ? 2 : 4;
  static constexpr bool kIsSigned = type != ElementType::kUInt4;
  static constexpr std::int32_t kMin = kIsSigned ? -(1 << (kBits - 1)) : 0;
  static constexpr std::int32_t kMax = kMin + (1 << kBits) - 1;
  static constexpr int kPerByte = 8 / kBits;

  static std::int32_t Read(const std::uint8_t* bytes, std::int64_t index) {
    const std::int32_t bits = bytes[index / kPerByte] >> (index % kPerByte * kBits) & ((1 << kBits) - 1);
    return bits > kMax ? bits - (1 << kBits) : bits;
  }

  // Elements are written in order: the first one of a byte clears the others.
  static void Append(std::uint8_t* bytes, std::int64_t index, std::int32_t value) {
    const auto position = static_cast<int>(index % kPerByte) * kBits;
    std::uint8_t& byte = bytes[index / kPerByte];
    const int bits = (value & ((1 << kBits) - 1)) << position;
    byte = static_cast<std::uint8_t>(position == 0 ? bits : byte | bits);
  }
};

using Int4 = Packed<ElementType::kInt4>;
using UInt4 = Packed<ElementType::kUInt4>;
using Int2 = Packed<ElementType::kInt2>;

template <typename T>
inline constexpr bool kIsPacked = false;
template <ElementType type>
inline constexpr bool kIsPacked<Packed<type>> = true;

// Element `index` of a tensor of T, and how one is written; packed ones must be written in order.
template <typename T>
auto ElementAt(const T* elements, std::int64_t index) {
  if constexpr (kIsPacked<T>) {
    return T::Read(reinterpret_cast<const std::uint8_t*>(elements), index);
  } else {
    return elements[index];
  }
}

template <typename T, typename Number>
void AppendElement(T* elements, std::int64_t index, Number value) {
  if constexpr (kIsPacked<T>) {
    T::Append(reinterpret_cast<std::uint8_t*>(elements), index, value);
  } else {
    elements[index] = static_cast<T>(value);
  }
}

// The least and the greatest number that an integer type stores.
template <typename T>
struct StoredRange {
  static constexpr std::int32_t kMin = std::numeric_limits<T>::min();
  static constexpr std::int32_t kMax = std::numeric_limits<T>::max();
};
template <ElementType type>
struct StoredRange<Packed<type>> : Packed<type> {};

}  // namespace reference

template <ElementType type>
struct ElementTypeOf<reference::Packed<type>> {
  static constexpr auto value = type;
};

}  // namespace tfld::engine
