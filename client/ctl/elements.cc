#include "client/ctl/elements.h"

#include <cstring>
#include <nlohmann/json.hpp>
#include <type_traits>

namespace tfld::ctl {
namespace {

using Json = nlohmann::ordered_json;

// Calls `visit` with a value of the C++ type of `type`; not at all when there is none.
template <typename Visit>
void WithType(DataType type, const Visit& visit) {
  switch (type) {
    case DataType::kBool: visit(bool{}); break;
    case DataType::kUint8: visit(std::uint8_t{}); break;
    case DataType::kUint16: visit(std::uint16_t{}); break;
    case DataType::kUint32: visit(std::uint32_t{}); break;
    case DataType::kUint64: visit(std::uint64_t{}); break;
    case DataType::kInt8: visit(std::int8_t{}); break;
    case DataType::kInt16: visit(std::int16_t{}); break;
    case DataType::kInt32: visit(std::int32_t{}); break;
    case DataType::kInt64: visit(std::int64_t{}); break;
    case DataType::kFloat32: visit(float{}); break;
    case DataType::kFloat64: visit(double{}); break;
    case DataType::kFloat16:
    case DataType::kBFloat16:
    case DataType::kBytes: break;
  }
}

// splitmix64, by Sebastiano Vigna: public domain, https://prng.di.unimi.it/splitmix64.c
std::uint64_t NextRandom(std::uint64_t& state) {
  std::uint64_t z = state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

template <typename T>
T ToElement(std::uint64_t random) {
  if constexpr (std::is_same_v<T, bool>) return (random & 1) != 0;
  if constexpr (std::is_floating_point_v<T>) return static_cast<T>(random >> 40) / static_cast<T>(1 << 24);
  if constexpr (sizeof(T) == 1) return static_cast<T>(random);
  return static_cast<T>(random % 101);
}

template <typename T>
T Read(const std::byte* bytes) {
  if constexpr (std::is_same_v<T, bool>) {
    return *bytes != std::byte{0};  // a bool of C++ must not have other values than 0 and 1
  } else {
    T element{};
    std::memcpy(&element, bytes, sizeof(T));
    return element;
  }
}

}  // namespace

Json ElementsOf(DataType type, std::span<const std::byte> bytes) {
  Json elements;
  WithType(type, [&]<typename T>(T) {
    elements = Json::array();
    for (std::size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
      elements.push_back(Read<T>(bytes.data() + at));
    }
  });
  return elements;
}

void FillRandom(DataType type, std::span<std::byte> bytes, std::uint64_t seed) {
  WithType(type, [&](auto element) {
    for (std::size_t at = 0; at + sizeof(element) <= bytes.size(); at += sizeof(element)) {
      element = ToElement<decltype(element)>(NextRandom(seed));
      std::memcpy(bytes.data() + at, &element, sizeof(element));
    }
  });
}

}  // namespace tfld::ctl
