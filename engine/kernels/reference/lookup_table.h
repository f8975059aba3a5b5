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

// What a stored number means, in the precision in which a table is computed.
template <typename Real>
struct Affine {
  Real scale;
  std::int32_t zero_point;

  Real ToReal(std::int32_t stored) const { return scale * static_cast<Real>(stored - zero_point); }
};

template <typename T>
class LookupTable {
 public:
  static_assert(std::is_same_v<T, std::int8_t> || std::is_same_v<T, std::uint8_t> || std::is_same_v<T, std::int16_t>);

  // `function` takes and returns real numbers.
  template <typename Function>
  LookupTable(const Value& input, const Value& output, Function function)
      : LookupTable(Affine<float>{input.scale(), input.zero_point()}, {output.scale(), output.zero_point()}, function) {
  }

  template <typename Real, typename Function>
  LookupTable(Affine<Real> input, std::type_identity_t<Affine<Real>> output, Function function) {
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

  template <typename Real, typename Function>
  void Fill(Affine<Real> input, Affine<Real> output, Function function) {
    const Real inverse_scale = 1 / output.scale;
    for (std::int32_t value = kMin; value <= kMax; ++value) {
      const Real rounded = std::round(function(input.ToReal(value)) * inverse_scale);
      entries_[static_cast<std::uint8_t>(value)] = Clamp(rounded + static_cast<Real>(output.zero_point));
    }
  }

  template <typename Real, typename Function>
  void FillPoints(Affine<Real> input, Affine<Real> output, Function function) {
    const Real input_min = input.ToReal(kMin), input_max = input.ToReal(kMax);
    const Real step = (input_max - input_min) / kPoints;
    const Real to_output = 65536 / (output.ToReal(kMax) - output.ToReal(kMin));
    for (int i = 0; i < kPoints; ++i) {
      const Real x = input_min + static_cast<Real>(i) * step;
      const Real here = std::round(function(x) * to_output);
      const Real next = function(input_min + static_cast<Real>(i + 1) * step) * to_output;
      const Real middle = std::round(function(x + step / 2) * to_output);
      const Real error = std::round((next + here) / 2) - middle;
      entries_[static_cast<std::size_t>(i)] = Clamp(here - std::round(error / 2));
    }
    entries_[kPoints] = Clamp(std::round(function(input_max) * to_output));
  }

  // What is no number, as the error of an infinite point, becomes 0.
  template <typename Real>
  static T Clamp(Real value) {
    if (value != value && sizeof(T) == 2) return 0;
    return static_cast<T>(std::clamp(SaturatingCast(static_cast<float>(value)), kMin, kMax));
  }

  std::array<T, sizeof(T) == 1 ? 256 : kPoints + 1> entries_{};
};

}  // namespace tfld::engine::reference
