// The types an element of a tensor can have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tfld::engine {

// Numeric values are those of the .tflite format's TensorType.
enum class ElementType : std::uint8_t {
  kFloat32 = 0,
  kFloat16 = 1,
  kInt32 = 2,
  kUInt8 = 3,
  kInt64 = 4,
  kString = 5,
  kBool = 6,
  kInt16 = 7,
  kComplex64 = 8,
  kInt8 = 9,
  kFloat64 = 10,
  kComplex128 = 11,
  kUInt64 = 12,
  kResource = 13,
  kVariant = 14,
  kUInt32 = 15,
  kUInt16 = 16,
  kInt4 = 17,
  kBFloat16 = 18,
  kInt2 = 19,
  kUInt4 = 20,
  kFloat8E4M3FN = 21,
  kFloat8E5M2 = 22,
};

inline constexpr int kElementTypeCount = 23;

// NumPy's name where it has one: "int8", "float32", "bool", "complex64"; else "string", "resource", "int4" ...
std::string_view ElementTypeName(ElementType type);
std::optional<ElementType> ElementTypeFromName(std::string_view name);

// Bits of one element in memory: 8 for int8, 4 for int4 (two in a byte, the first in the low half). A resource is a
// 32-bit handle. 0 for types without a fixed size (string, variant).
int ElementBits(ElementType type);

// Bytes that `count` elements take, packed. `count` is not negative and has passed Shape's limits.
std::size_t ByteSize(ElementType type, std::int64_t count);

bool IsFloatingPoint(ElementType type);
bool IsInteger(ElementType type);  // signed or unsigned, any width; not bool

// The ElementType whose elements are stored as T.
template <typename T>
struct ElementTypeOf;
template <>
struct ElementTypeOf<float> {
  static constexpr auto value = ElementType::kFloat32;
};
template <>
struct ElementTypeOf<double> {
  static constexpr auto value = ElementType::kFloat64;
};
template <>
struct ElementTypeOf<std::int8_t> {
  static constexpr auto value = ElementType::kInt8;
};
template <>
struct ElementTypeOf<std::uint8_t> {
  static constexpr auto value = ElementType::kUInt8;
};
template <>
struct ElementTypeOf<std::int16_t> {
  static constexpr auto value = ElementType::kInt16;
};
template <>
struct ElementTypeOf<std::uint16_t> {
  static constexpr auto value = ElementType::kUInt16;
};
template <>
struct ElementTypeOf<std::int32_t> {
  static constexpr auto value = ElementType::kInt32;
};
template <>
struct ElementTypeOf<std::uint32_t> {
  static constexpr auto value = ElementType::kUInt32;
};
template <>
struct ElementTypeOf<std::int64_t> {
  static constexpr auto value = ElementType::kInt64;
};
template <>
struct ElementTypeOf<std::uint64_t> {
  static constexpr auto value = ElementType::kUInt64;
};
template <>
struct ElementTypeOf<bool> {
  static constexpr auto value = ElementType::kBool;
};

template <typename T>
inline constexpr ElementType kElementTypeOf = ElementTypeOf<T>::value;

}  // namespace tfld::engine
