// Hybrid operators (dynamic range quantization): float inputs and outputs, int8 weights. Each batch of inputs is
// quantized to int8 as it comes, summed in integers, and the sums are scaled back to float.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/kernels/reference/weighted_sum.h"

namespace tfld::engine::reference {

struct DynamicQuantization {
  float scale = 1.0F;
  std::int32_t zero_point = 0;
};

// value as an integer of [min, 127]; a NaN becomes min.
inline std::int8_t ToInt8(double value, double min) {
  return static_cast<std::int8_t>(std::min(127.0, std::max(min, value)));
}

// Symmetric: 127 stands for the greatest magnitude.
inline DynamicQuantization QuantizeSymmetric(const float* input, std::int64_t count, std::int8_t* output) {
  float magnitude = 0;
  for (std::int64_t i = 0; i < count; ++i) magnitude = std::max(magnitude, std::abs(input[i]));
  const float inverse = magnitude == 0 ? 0.0F : 127.0F / magnitude;
  for (std::int64_t i = 0; i < count; ++i) {
    output[i] = ToInt8(std::round(input[i] * inverse), -127.0);
  }
  return {.scale = magnitude == 0 ? 1.0F : magnitude / 127.0F, .zero_point = 0};
}

// Asymmetric: the range, stretched to contain zero, is spread over all 256 integers, and zero falls on one of them.
inline DynamicQuantization QuantizeAsymmetric(const float* input, std::int64_t count, std::int8_t* output) {
  float min = 0, max = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    min = std::min(min, input[i]);
    max = std::max(max, input[i]);
  }
  DynamicQuantization result;
  if (min != max) {
    const double low = min, high = max, scale = (high - low) / 255.0;
    const double from_low = -128.0 - low / scale, from_high = 127.0 - high / scale;
    const bool low_is_better = 128.0 + std::abs(low / scale) < 127.0 + std::abs(high / scale);
    result.scale = static_cast<float>(scale);
    result.zero_point = ToInt8(std::round(low_is_better ? from_low : from_high), -128.0);
  }
  const float inverse = 1.0F / result.scale;
  const auto zero_point = static_cast<float>(result.zero_point);
  for (std::int64_t i = 0; i < count; ++i) {
    output[i] = ToInt8(std::round(zero_point + input[i] * inverse), -128.0);
  }
  return result;
}

inline DynamicQuantization Quantize(const float* input, std::int64_t count, bool asymmetric, std::int8_t* output) {
  return asymmetric ? QuantizeAsymmetric(input, count, output) : QuantizeSymmetric(input, count, output);
}

// The numerics of one batch.
class HybridSum {
 public:
  using Input = std::int8_t;
  using Weight = std::int8_t;
  using Bias = float;
  using Output = float;
  using Sum = std::uint32_t;

  static Result<HybridSum> Make(const OpContext& context, const WeightsLayout& layout) {
    TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kFloat32}));
    TFLD_RETURN_IF_ERROR(CheckWeightScales(context, layout));
    TFLD_RETURN_IF_ERROR(CheckBias<float>(context, layout));
    HybridSum result;
    result.weight_scales_ = context.Input(kWeightsInput).quantization->scales;
    TFLD_ASSIGN_OR_RETURN(result.range_, RequireActivationRange<float>(context, layout.activation));
    return result;
  }

  Sum Product(Input input, Weight weight, const DynamicQuantization& quantization) const {
    return static_cast<Sum>(weight * (input - quantization.zero_point));
  }
  float Finish(Sum sum, const Bias* bias, std::int64_t channel, const DynamicQuantization& quantization) const {
    const float weight_scale = weight_scales_[weight_scales_.size() == 1 ? 0 : static_cast<std::size_t>(channel)];
    const float real = static_cast<float>(static_cast<std::int32_t>(sum)) * (quantization.scale * weight_scale);
    return range_.Clamp(real + (bias != nullptr ? bias[channel] : 0.0F));
  }

 private:
  std::vector<float> weight_scales_;
  Range<float> range_{};
};

// HybridSum bound to a batch, in the form that the operators' loops want.
class HybridBatch {
 public:
  using Input = HybridSum::Input;
  using Weight = HybridSum::Weight;
  using Bias = HybridSum::Bias;
  using Output = HybridSum::Output;
  using Sum = HybridSum::Sum;

  HybridBatch(const HybridSum& numerics, DynamicQuantization quantization)
      : numerics_(numerics), quantization_(quantization) {}

  Sum Product(Input input, Weight weight) const { return numerics_.Product(input, weight, quantization_); }
  float Finish(Sum sum, const Bias* bias, std::int64_t channel) const {
    return numerics_.Finish(sum, bias, channel, quantization_);
  }

 private:
  const HybridSum& numerics_;
  DynamicQuantization quantization_;
};

inline bool IsHybrid(const OpContext& context, int input = 0) {
  if (context.Input(input).type != ElementType::kFloat32) return false;
  const ElementType weights = context.Input(kWeightsInput).type;
  return weights == ElementType::kInt8 || weights == ElementType::kUInt8 || IsPackedType(weights);
}

// uint8 weights are int8 weights under an older name.
inline Result<WeightsReader<std::int8_t>> MakeHybridWeights(PrepareContext& context) {
  if (context.Input(kWeightsInput).type == ElementType::kUInt8) return WeightsReader<std::int8_t>(kWeightsInput);
  return WeightsReader<std::int8_t>::Make(context, kWeightsInput);
}

// Emits a kernel that quantizes each of `batches` inputs and calls run_batch(numerics, operands, run) for it.
template <typename Function>
Status EmitHybrid(PrepareContext& context, std::string_view name, const WeightsLayout& layout, std::int64_t batches,
                  bool asymmetric, Function run_batch) {
  TFLD_ASSIGN_OR_RETURN(const HybridSum numerics, HybridSum::Make(context, layout));
  TFLD_ASSIGN_OR_RETURN(const auto weights, MakeHybridWeights(context));
  const int input_index = layout.input, bias_index = layout.bias;
  const std::int64_t input_size = batches == 0 ? 0 : context.Input(input_index).shape.NumElements() / batches;
  const std::int64_t output_size = batches == 0 ? 0 : context.Output(0).shape.NumElements() / batches;
  const int scratch = context.RequestScratch(static_cast<std::size_t>(input_size));
  return context.Emit(name, [=](const RunContext& run) -> Status {
    auto* quantized = run.Scratch<std::int8_t>(scratch);
    Operands<HybridSum> operands{quantized, weights(run), run.Input<float>(bias_index), nullptr};
    for (std::int64_t batch = 0; batch < batches; ++batch) {
      const float* input = run.Input<float>(input_index) + batch * input_size;
      operands.output = run.Output<float>(0) + batch * output_size;
      const DynamicQuantization quantization = Quantize(input, input_size, asymmetric, quantized);
      run_batch(HybridBatch(numerics, quantization), operands, run);
    }
    return {};
  });
}

}  // namespace tfld::engine::reference
