#include "engine/golden/random_input.h"

#include <algorithm>
#include <random>

namespace tfld::engine {
namespace {

template <typename T>
void FillFloats(const TensorView& tensor, std::mt19937_64& bits) {
  // The top 24 bits make every value exact in float.
  for (T& value : tensor.As<T>()) value = static_cast<T>(static_cast<double>(bits() >> 40) / 8388608.0 - 1.0);
}

template <typename T>
void FillIntegers(const TensorView& tensor, std::mt19937_64& bits, std::uint64_t mask) {
  for (T& value : tensor.As<T>()) value = static_cast<T>((bits() >> 32) & mask);
}

}  // namespace

void FillRandom(const TensorView& tensor, std::uint64_t seed) {
  std::mt19937_64 bits(seed);
  switch (tensor.type) {
    case ElementType::kFloat32: return FillFloats<float>(tensor, bits);
    case ElementType::kFloat64: return FillFloats<double>(tensor, bits);
    case ElementType::kInt8:
    case ElementType::kUInt8: return FillIntegers<std::uint8_t>(tensor, bits, 0xFF);
    case ElementType::kInt16:
    case ElementType::kUInt16: return FillIntegers<std::uint16_t>(tensor, bits, 0xFFFF);
    case ElementType::kBool: return FillIntegers<std::uint8_t>(tensor, bits, 1);
    case ElementType::kInt32:
    case ElementType::kUInt32: return FillIntegers<std::uint32_t>(tensor, bits, 7);
    case ElementType::kInt64:
    case ElementType::kUInt64: return FillIntegers<std::uint64_t>(tensor, bits, 7);
    default: std::ranges::fill(tensor.bytes, std::byte{0});
  }
}

}  // namespace tfld::engine
