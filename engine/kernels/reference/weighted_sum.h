// What convolutions and fully connected layers have in common: the numerics of a sum of products of inputs and weights.
//
// WeightedSum<T> holds, for inputs, weights and outputs of type T, what turns a finished sum into an output. Source:
// the TensorFlow Lite 8-bit quantization specification.
#pragma once

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"
#include "engine/kernels/reference/activation.h"
#include "engine/kernels/reference/fixed_point.h"
#include "engine/kernels/reference/requantize.h"

namespace tfld::engine::reference {

// Where weights and bias stand among a node's inputs, and what the weights look like.
struct WeightsLayout {
  int channels;      // of the output
  int channel_axis;  // of the weights' shape
  Activation activation;
  // Convolutions with int8 weights take them as symmetric and multiply the three scales as doubles; FULLY_CONNECTED and
  // everything in uint8 heed the weights' zero point and multiply the first two scales as floats.
  bool int8_convolution;
};

inline constexpr int kWeightsInput = 1;
inline constexpr int kBiasInput = 2;

// Type and length of the bias, if there is one.
template <typename BiasType>
Status CheckBias(const OpContext& context, int channels) {
  if (!context.HasInput(kBiasInput)) return {};
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kBiasInput, {kElementTypeOf<BiasType>}));
  const std::int64_t length = context.Input(kBiasInput).shape.NumElements();
  if (length == channels) return {};
  return context.Error(StrCat("the bias has ", length, " elements; expected ", channels));
}

template <typename T>
class WeightedSum {
 public:
  using Bias = std::int32_t;
  using Sum = std::uint32_t;  // wraps instead of overflowing, whatever the model's sizes

  static Result<WeightedSum> Make(const OpContext& context, const WeightsLayout& layout);

  Sum Product(T input, T weight) const {
    return static_cast<Sum>((static_cast<std::int32_t>(input) - input_zero_point_) *
                            (static_cast<std::int32_t>(weight) - weights_zero_point_));
  }

  T Finish(Sum sum, const Bias* bias, std::int64_t channel) const {
    if (bias != nullptr) sum += static_cast<Sum>(bias[channel]);
    const QuantizedMultiplier by = multipliers_[multipliers_.size() == 1 ? 0 : static_cast<std::size_t>(channel)];
    const std::int32_t scaled = Multiply(static_cast<std::int32_t>(sum), by);
    return static_cast<T>(AddAndClamp(scaled, output_zero_point_, range_.min, range_.max));
  }

 private:
  std::int32_t input_zero_point_ = 0;
  std::int32_t weights_zero_point_ = 0;
  std::int32_t output_zero_point_ = 0;
  Range<std::int32_t> range_{};
  std::vector<QuantizedMultiplier> multipliers_;  // one, or one a channel
};

template <>
class WeightedSum<float> {
 public:
  using Bias = float;
  using Sum = float;

  static Result<WeightedSum> Make(const OpContext& context, const WeightsLayout& layout) {
    TFLD_RETURN_IF_ERROR(CheckBias<float>(context, layout.channels));
    WeightedSum result;
    TFLD_ASSIGN_OR_RETURN(result.range_, RequireActivationRange<float>(context, layout.activation));
    return result;
  }

  Sum Product(float input, float weight) const { return input * weight; }
  float Finish(Sum sum, const Bias* bias, std::int64_t channel) const {
    return range_.Clamp(sum + (bias != nullptr ? bias[channel] : 0.0F));
  }

 private:
  Range<float> range_{};
};

template <typename T>
Result<WeightedSum<T>> WeightedSum<T>::Make(const OpContext& context, const WeightsLayout& layout) {
  const Value& input = context.Input(0);
  const Value& weights = context.Input(kWeightsInput);
  const Value& output = context.Output(0);
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(input));
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(output));
  TFLD_RETURN_IF_ERROR(CheckBias<Bias>(context, layout.channels));

  WeightedSum result;
  const std::vector<float>& scales = weights.quantization->scales;
  if (weights.quantization->per_channel()) {
    if (weights.quantization->axis != layout.channel_axis ||
        scales.size() != static_cast<std::size_t>(layout.channels)) {
      return context.Error(StrCat("the weights have ", scales.size(), " scales on axis ", weights.quantization->axis,
                                  "; expected ", layout.channels, " on axis ", layout.channel_axis));
    }
  } else {
    TFLD_RETURN_IF_ERROR(context.RequireQuantized(weights));
  }
  const bool as_doubles = layout.int8_convolution || weights.quantization->per_channel();
  for (const float scale : scales) {
    const double product = as_doubles ? static_cast<double>(input.scale()) * static_cast<double>(scale)
                                      : static_cast<double>(input.scale() * scale);
    TFLD_ASSIGN_OR_RETURN(const QuantizedMultiplier by,
                          RequireMultiplier(context, product / static_cast<double>(output.scale())));
    result.multipliers_.push_back(by);
  }
  result.input_zero_point_ = input.zero_point();
  result.weights_zero_point_ = as_doubles ? 0 : weights.zero_point();
  result.output_zero_point_ = output.zero_point();
  TFLD_ASSIGN_OR_RETURN(result.range_, (QuantizedActivationRange<T>(context, layout.activation, output)));
  return result;
}

}  // namespace tfld::engine::reference
