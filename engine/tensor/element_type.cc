#include "engine/tensor/element_type.h"

#include <array>

namespace tfld::engine {
namespace {

struct Properties {
  std::string_view name;
  int bits;
};

// In the order of the enumeration.
constexpr std::array<Properties, kElementTypeCount> kProperties = {{
    {"float32", 32}, {"float16", 16},      {"int32", 32},      {"uint8", 8},      {"int64", 64},
    {"string", 0},   {"bool", 8},          {"int16", 16},      {"complex64", 64}, {"int8", 8},
    {"float64", 64}, {"complex128", 128},  {"uint64", 64},     {"resource", 32},  {"variant", 0},
    {"uint32", 32},  {"uint16", 16},       {"int4", 4},        {"bfloat16", 16},  {"int2", 2},
    {"uint4", 4},    {"float8_e4m3fn", 8}, {"float8_e5m2", 8},
}};

const Properties& Of(ElementType type) { return kProperties[static_cast<std::size_t>(type)]; }

}  // namespace

std::string_view ElementTypeName(ElementType type) { return Of(type).name; }

std::optional<ElementType> ElementTypeFromName(std::string_view name) {
  for (std::size_t i = 0; i < kProperties.size(); ++i) {
    if (kProperties[i].name == name) return static_cast<ElementType>(i);
  }
  return std::nullopt;
}

int ElementBits(ElementType type) { return Of(type).bits; }

std::size_t ByteSize(ElementType type, std::int64_t count) {
  return (static_cast<std::size_t>(count) * static_cast<std::size_t>(ElementBits(type)) + 7) / 8;
}

bool IsFloatingPoint(ElementType type) {
  switch (type) {
    case ElementType::kFloat16:
    case ElementType::kFloat32:
    case ElementType::kFloat64:
    case ElementType::kBFloat16:
    case ElementType::kFloat8E4M3FN:
    case ElementType::kFloat8E5M2: return true;
    default: return false;
  }
}

bool IsInteger(ElementType type) {
  switch (type) {
    case ElementType::kInt2:
    case ElementType::kInt4:
    case ElementType::kUInt4:
    case ElementType::kInt8:
    case ElementType::kUInt8:
    case ElementType::kInt16:
    case ElementType::kUInt16:
    case ElementType::kInt32:
    case ElementType::kUInt32:
    case ElementType::kInt64:
    case ElementType::kUInt64: return true;
    default: return false;
  }
}

}  // namespace tfld::engine
