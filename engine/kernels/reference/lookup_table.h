// Functions of quantized numbers as tables that are computed in float at load.
//
// 8 bits: every value has its entry. 16 bits: 513 points, with straight lines between them; a point is moved by half of
// the error that its line has in the middle. Source: TensorFlow Lite's reference lookup tables.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "engine/graph/graph.h"

namespace tfld::engine::reference {

// Float to integer where every float has a result; a NaN becomes the least integer.
inline std::int32_t SaturatingCast(float value) {
  if (!(value > -2147483648.0F)) return std::numeric_limits<std::int32_t>::min();
  return value >= 2147483648.0F ? std::numeric_limits<std::int32_t>::max() : static_cast<std::int32_t>(value);
}

template <typename T>
class LookupTable {
 public:
  static_assert(std::is_same_v<T, std::int8_t> || std::is_same_v<T, std::uint8_t> || std::is_same_v<T, std::int16_t>);

  // `function` takes and returns real numbers.
  template <typename Function>
  LookupTable(const Value& input, const Value& output, Function function) {
    if constexpr (sizeof(T) == 1) {
      Fill(input, output, function);
    } else {
      FillPoints(input, output, function);
    }
  }

  T operator()(T value) const {
    if constexpr (sizeof(T) == 1) {
      return entries_[static_cast<std::uint8_t>(value)];
    } else {
      const auto index = static_cast<std::size_t>((value >> kFractionBits) + kPoints / 2);
      const std::int32_t base = entries_[index];
      const std::int32_t fraction = value & ((1 << kFractionBits) - 1);
      const std::int32_t slope = static_cast<T>(entries_[index + 1] - base);
      return static_cast<T>(base + ((slope * fraction + (1 << (kFractionBits - 1))) >> kFractionBits));
    }
  }

 private:
  static constexpr int kPoints = 512;
  static constexpr int kFractionBits = 7;
  static constexpr std::int32_t kMin = std::numeric_limits<T>::min();
  static constexpr std::int32_t kMax = std::numeric_limits<T>::max();

  template <typename Function>
  void Fill(const Value& input, const Value& output, Function function) {
    const float inverse_scale = 1.0F / output.scale();
    for (std::int32_t value = kMin; value <= kMax; ++value) {
      const float real = function(input.scale() * static_cast<float>(value - input.zero_point()));
      const float rounded = std::round(real * inverse_scale) + static_cast<float>(output.zero_point());
      entries_[static_cast<std::uint8_t>(value)] = static_cast<T>(std::clamp(SaturatingCast(rounded), kMin, kMax));
    }
  }

  template <typename Function>
  void FillPoints(const Value& input, const Value& output, Function function) {
    const auto real = [](const Value& value, std::int32_t stored) {
      return value.scale() * static_cast<float>(stored - value.zero_point());
    };
    const float input_min = real(input, kMin), input_max = real(input, kMax);
    const float step = (input_max - input_min) / kPoints;
    const float to_output = 65536.0F / (real(output, kMax) - real(output, kMin));
    const auto clamp = [](float value) { return static_cast<T>(std::clamp(SaturatingCast(value), kMin, kMax)); };
    for (int i = 0; i < kPoints; ++i) {
      const float x = input_min + static_cast<float>(i) * step;
      const float here = std::round(function(x) * to_output);
      const float next = function(input_min + static_cast<float>(i + 1) * step) * to_output;
      const float middle = std::round(function(x + step / 2) * to_output);
      const float error = std::round((next + here) / 2) - middle;
      entries_[static_cast<std::size_t>(i)] = clamp(here - std::round(error / 2));
    }
    entries_[kPoints] = clamp(std::round(function(input_max) * to_output));
  }

  std::array<T, sizeof(T) == 1 ? 256 : kPoints + 1> entries_{};
};

}  // namespace tfld::engine::reference
