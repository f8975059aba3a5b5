// The fused activation functions as ranges to clamp to, in real and in quantized numbers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

template <typename Number>
struct Range {
  Number min;
  Number max;

  Number Clamp(Number value) const { return std::min(std::max(value, min), max); }
};

// For float and for integers that are not quantized. Nothing for a function that does not exist.
//
// Where TensorFlow Lite clamps it leaves out the functions that are no clamp, and the node has none; so has it here.
template <typename Number>
std::optional<Range<Number>> ActivationRange(Activation activation) {
  constexpr Number kLowest = std::numeric_limits<Number>::lowest();
  constexpr Number kMax = std::numeric_limits<Number>::max();
  switch (activation) {
    case Activation::kNone:
    case Activation::kTanh:
    case Activation::kSignBit: return Range<Number>{kLowest, kMax};
    case Activation::kRelu: return Range<Number>{Number{0}, kMax};
    case Activation::kReluN1To1: return Range<Number>{static_cast<Number>(-1), Number{1}};
    case Activation::kRelu6: return Range<Number>{Number{0}, Number{6}};
    default: return std::nullopt;
  }
}

template <typename Number>
Result<Range<Number>> RequireActivationRange(const OpContext& context, Activation activation) {
  if (const auto range = ActivationRange<Number>(activation)) return *range;
  return context.Unsupported(StrCat("fused activation ", static_cast<int>(activation), " is not supported"));
}

// round(real / scale) + zero_point, with limits that keep sums with it in 32 bits.
inline std::int32_t QuantizeReal(float real, float scale, std::int32_t zero_point) {
  const float scaled = std::round(real / scale);
  return zero_point + static_cast<std::int32_t>(std::clamp(scaled, -1e9F, 1e9F));
}

// The integers of T that stand for a real range in a quantization. An end at or beyond the largest floats is open.
template <typename T>
Range<std::int32_t> QuantizedRange(Range<float> real, const Value& output) {
  Range<std::int32_t> range{std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
  if (real.min > std::numeric_limits<float>::lowest()) {
    range.min = std::max(range.min, QuantizeReal(real.min, output.scale(), output.zero_point()));
  }
  if (real.max < std::numeric_limits<float>::max()) {
    range.max = std::min(range.max, QuantizeReal(real.max, output.scale(), output.zero_point()));
  }
  // Where the quantization has nothing of the real range, the result is its nearest end.
  return {std::min<std::int32_t>(range.min, std::numeric_limits<T>::max()),
          std::max<std::int32_t>(range.max, std::numeric_limits<T>::min())};
}

template <typename T>
Result<Range<std::int32_t>> QuantizedActivationRange(const OpContext& context, Activation activation,
                                                     const Value& output) {
  TFLD_ASSIGN_OR_RETURN(const Range<float> real, RequireActivationRange<float>(context, activation));
  return QuantizedRange<T>(real, output);
}

}  // namespace tfld::engine::reference
