// logistic and tanh of floats, and the activation functions that recurrent cells end with.
//
// Hybrid cells quantize their own outputs again in the next step, where a last bit decides on which side of a half a
// number falls. So both are computed in the form in which TensorFlow Lite computes them. Source of the coefficients:
// Eigen's approximations, made with rminimax (tanh) and after Cephes (exp). Errors stay within 3 units of the last
// place.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "engine/graph/attributes.h"

namespace tfld::engine::reference {

// x * (1 + x^2 P(x^2)) / Q(x^2); beyond the limit it is 1.
inline float ApproximateTanh(float value) {
  constexpr float kLimit = 7.90738964080810547F;
  const float x = std::clamp(value, -kLimit, kLimit);
  const float x2 = x * x;
  const float p = ((1.394553628e-8F * x2 + 2.102733560e-5F) * x2 + 3.520756727e-3F) * x2 + 1.340216100e-1F;
  const float q =
      (((8.015776984e-7F * x2 + 3.326951409e-4F) * x2 + 2.597254514e-2F) * x2 + 4.673548340e-1F) * x2 + 1.0F;
  return (x2 * x * p + x) / q;
}

// exp(x) / (1 + exp(x)); beyond the limit it is 1.
inline constexpr float kLogisticLimit = 16.6355324F;

inline float Logistic(float value) {
  const float e = std::exp(std::min(value, kLogisticLimit));
  return e / (1.0F + e);
}

// With exp(x) as the square of 2^m exp(r), r being what is left of x / 2.
inline float ApproximateLogistic(float value) {
  if (std::isnan(value)) return value;
  if (value < -104.0F) return 0.0F;
  const float half = std::min(value, kLogisticLimit) * 0.5F;
  const float m = std::floor(half * 1.44269504088896341F + 0.5F);
  const float r = m * 2.12194440e-4F + (m * -0.693359375F + half);  // ln 2 in two parts
  const float r2 = r * r;
  const float even = r2 * 4.1898667812347412109375e-2F + 0.49999141693115234375F;
  const float odd = r2 * 8.33471305668354034423828125e-3F + 0.16666877269744873046875F;
  const float root = std::ldexp(r2 * (r * odd + even) + (r + 1.0F), static_cast<int>(m));
  const float e = root * root;
  return e / (1.0F + e);
}

// Where a row lies among the values that are computed together: `count` of them, from `position` of an aligned buffer.
struct VectorPart {
  std::int64_t position, count;
  std::int64_t first;  // of the row, from `position`
};

// Aligned groups of four are approximated; what is left in front and behind is computed one by one.
inline void ApplyLogistic(float* row, std::int64_t size, const VectorPart& part) {
  const std::int64_t front = std::min((4 - part.position % 4) % 4, part.count);
  const std::int64_t end = front + (part.count - front) / 4 * 4;
  for (std::int64_t i = 0; i < size; ++i) {
    const bool grouped = part.first + i >= front && part.first + i < end;
    row[i] = grouped ? ApproximateLogistic(row[i]) : Logistic(row[i]);
  }
}

// Also those activation functions that are not a clamp.
inline float Activate(Activation activation, float value) {
  switch (activation) {
    case Activation::kNone: return value;
    case Activation::kRelu: return std::max(0.0F, value);
    case Activation::kReluN1To1: return std::max(-1.0F, std::min(value, 1.0F));
    case Activation::kRelu6: return std::max(0.0F, std::min(value, 6.0F));
    case Activation::kTanh: return ApproximateTanh(value);
    case Activation::kSignBit: return std::signbit(value) ? 1.0F : 0.0F;
  }
  return value;
}

}  // namespace tfld::engine::reference
