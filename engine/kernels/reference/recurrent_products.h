// Products of weights and vectors in recurrent operators: of floats, or (hybrid) of int8 weights and of vectors that
// are quantized to int8 as they come.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/kernels/reference/hybrid.h"

namespace tfld::engine::reference {

// A vector that is ready for products. `scratch` has room for its elements as weights.
class FloatVector {
 public:
  using Weight = float;

  FloatVector(const float* values, std::int64_t size, bool /*asymmetric*/, float* /*scratch*/)
      : values_(values), size_(size) {}

  float Dot(const float* row, float /*scale*/) const {
    float sum = 0;
    for (std::int64_t i = 0; i < size_; ++i) sum += row[i] * values_[i];
    return sum;
  }
  std::int64_t size() const { return size_; }

 private:
  const float* values_;
  std::int64_t size_;
};

class HybridVector {
 public:
  using Weight = std::int8_t;

  HybridVector(const float* values, std::int64_t size, bool asymmetric, std::int8_t* scratch)
      : values_(scratch),
        size_(size),
        quantization_(asymmetric ? QuantizeAsymmetric(values, size, scratch)
                                 : QuantizeSymmetric(values, size, scratch)) {}

  float Dot(const std::int8_t* row, float scale) const {
    std::uint32_t sum = 0;  // wraps instead of overflowing
    for (std::int64_t i = 0; i < size_; ++i) {
      sum += static_cast<std::uint32_t>(row[i] * (values_[i] - quantization_.zero_point));
    }
    return static_cast<float>(static_cast<std::int32_t>(sum)) * (quantization_.scale * scale);
  }
  std::int64_t size() const { return size_; }

 private:
  const std::int8_t* values_;
  std::int64_t size_;
  DynamicQuantization quantization_;
};

// Weights of one input: rows of as many elements as the vector, and what their integers count.
template <typename Weight>
struct WeightMatrix {
  const Weight* data = nullptr;  // null: there is none
  float scale = 1.0F;
};

// output += matrix * vector
template <typename Vector>
void AddProduct(WeightMatrix<typename Vector::Weight> matrix, const Vector& vector, std::int64_t rows, float* output) {
  for (std::int64_t row = 0; row < rows; ++row) {
    output[row] += vector.Dot(matrix.data + row * vector.size(), matrix.scale);
  }
}

// The weights are of the vector's kind. uint8 weights are int8 weights under an older name.
template <typename Vector>
Status RequireWeightsFor(const OpContext& context, int index) {
  if constexpr (std::is_same_v<Vector, FloatVector>) {
    return context.RequireInputType(index, {ElementType::kFloat32});
  } else {
    return context.RequireInputType(index, {ElementType::kInt8, ElementType::kUInt8});
  }
}

// Calls function(std::type_identity<Vector>) with the kind that float inputs and the weights at `weights_input` need.
template <typename Function>
Status DispatchVector(const OpContext& context, int weights_input, Function&& function) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kFloat32}));
  TFLD_RETURN_IF_ERROR(
      context.RequireInputType(weights_input, {ElementType::kFloat32, ElementType::kInt8, ElementType::kUInt8}));
  if (context.Input(weights_input).type == ElementType::kFloat32) {
    return function(std::type_identity<FloatVector>{});
  }
  return function(std::type_identity<HybridVector>{});
}

}  // namespace tfld::engine::reference
