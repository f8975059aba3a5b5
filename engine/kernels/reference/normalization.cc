// L2_NORMALIZATION: each row along the last axis divided by its norm. LOCAL_RESPONSE_NORMALIZATION: each channel
// divided by a power of the squares of its neighbours.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/fixed_point_inverse_sqrt.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/requantize.h"

namespace tfld::engine::reference {
namespace {

struct Rows {
  std::int64_t count, depth;

  explicit Rows(const Shape& shape) : count(shape.Product(0, shape.rank() - 1)), depth(shape.dim(shape.rank() - 1)) {}
};

// Norms below this one count as it.
constexpr float kLeastNorm = 1e-6F;

void NormalizeRow(std::int64_t depth, const float* input, float* output) {
  float squares = 0;
  for (std::int64_t i = 0; i < depth; ++i) squares += input[i] * input[i];
  const float norm = std::max(std::sqrt(squares), kLeastNorm);
  for (std::int64_t i = 0; i < depth; ++i) output[i] = input[i] / norm;
}

// The output has steps of 1/128 around the middle of its type.
template <typename T>
void NormalizeRow(std::int64_t depth, std::int32_t zero_point, const T* input, T* output) {
  constexpr std::int32_t kOutputZeroPoint = std::is_signed_v<T> ? 0 : 128;
  constexpr int kOutputFractionBits = 7;
  std::int32_t squares = 0;
  for (std::int64_t i = 0; i < depth; ++i) {
    squares = WrappingAdd(squares, (input[i] - zero_point) * (input[i] - zero_point));
  }
  const QuantizedMultiplier by = InverseSqrt(squares);
  for (std::int64_t i = 0; i < depth; ++i) {
    const std::int32_t x = input[i] - zero_point;
    const std::int32_t scaled =
        std::is_signed_v<T> ? Multiply(x, {.multiplier = by.multiplier, .shift = by.shift + kOutputFractionBits})
                            : Multiply(x * (1 << kOutputFractionBits), by);
    output[i] = static_cast<T>(
        AddAndClamp(scaled, kOutputZeroPoint, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  }
}

Status CheckOutputQuantization(const OpContext& context, std::int32_t zero_point) {
  const Value& output = context.Output(0);
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(context.Input(0)));
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(output));
  if (output.scale() == 1.0F / 128 && output.zero_point() == zero_point) return {};
  return context.Unsupported(StrCat("the output has scale ", output.scale(), " and zero point ", output.zero_point(),
                                    "; supported are 0.0078125 and ", zero_point));
}

}  // namespace

Status PrepareL2Normalization(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  if (context.attributes<ElementwiseAttributes>().activation != Activation::kNone) {
    return context.Unsupported("a fused activation is not supported");
  }
  const Rows rows(context.Input(0).shape);
  const auto emit = [&]<typename T>(TypeTag<T>, auto row) {
    return context.Emit("reference.l2_normalization", [rows, row](const RunContext& run) -> Status {
      for (std::int64_t i = 0; i < rows.count; ++i) {
        row(rows.depth, run.Input<T>(0) + i * rows.depth, run.Output<T>(0) + i * rows.depth);
      }
      return {};
    });
  };
  return DispatchType<float, std::int8_t, std::uint8_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T> tag) -> Status {
        if constexpr (kIsFloat<T>) {
          return emit(tag, [](std::int64_t depth, const T* from, T* to) { NormalizeRow(depth, from, to); });
        } else {
          TFLD_RETURN_IF_ERROR(CheckOutputQuantization(context, std::is_signed_v<T> ? 0 : 128));
          return emit(tag, [zero = context.Input(0).zero_point()](std::int64_t depth, const T* from, T* to) {
            NormalizeRow(depth, zero, from, to);
          });
        }
      });
}

Status InferLocalResponseNormalization(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 4, 4));
  return context.SetOutputShape(0, context.Input(0).shape);
}

// The neighbours of a channel are `radius` before it and, other than in TensorFlow, only radius - 1 behind it.
Status PrepareLocalResponseNormalization(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kFloat32}));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const Rows rows(context.Input(0).shape);
  const auto attributes = context.attributes<LocalResponseNormalizationAttributes>();
  return context.Emit("reference.local_response_normalization", [rows, attributes](const RunContext& run) -> Status {
    for (std::int64_t i = 0; i < rows.count; ++i) {
      const float* input = run.Input<float>(0) + i * rows.depth;
      float* output = run.Output<float>(0) + i * rows.depth;
      for (std::int64_t c = 0; c < rows.depth; ++c) {
        const std::int64_t first = std::max<std::int64_t>(0, c - attributes.radius);
        const std::int64_t end = std::min<std::int64_t>(rows.depth, c + attributes.radius);
        float squares = 0;
        for (std::int64_t k = first; k < end; ++k) squares += input[k] * input[k];
        output[c] = input[c] * std::pow(attributes.bias + attributes.alpha * squares, -attributes.beta);
      }
    }
    return {};
  });
}

}  // namespace tfld::engine::reference
