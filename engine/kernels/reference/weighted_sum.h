// What convolutions and fully connected layers have in common: the numerics of a sum of products of inputs and weights.
//
// A numerics class says what is summed (Product) and what a finished sum becomes (Finish). The loops of the operators
// are templates over it. Source: the TensorFlow Lite 8-bit and 16x8 quantization specifications.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"
#include "engine/kernels/reference/activation.h"
#include "engine/kernels/reference/fixed_point.h"
#include "engine/kernels/reference/requantize.h"
#include "engine/kernels/reference/weights.h"

namespace tfld::engine::reference {

inline constexpr int kWeightsInput = 1;

// What the operator knows about its weights, and where its operands stand among the node's inputs.
struct WeightsLayout {
  std::int32_t channels;  // of the output
  int channel_axis;       // of the weights' shape
  Activation activation;
  bool symmetric;  // int8 weights have the zero point 0, whatever the model says (convolutions)
  bool multiplies_scales_as_floats = false;
  bool has_int32_sums = false;  // of 16-bit inputs, without a bias
  int input = 0;
  int bias = 2;
};

// The pointers of one run.
template <typename Numerics>
struct Operands {
  const typename Numerics::Input* input;
  const typename Numerics::Weight* weights;
  const typename Numerics::Bias* bias;  // null: none
  typename Numerics::Output* output;
};

// Where a run finds them.
template <typename Numerics>
class OperandReader {
 public:
  static Result<OperandReader> Make(PrepareContext& context, const WeightsLayout& layout) {
    TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {kElementTypeOf<typename Numerics::Output>}));
    OperandReader result;
    TFLD_ASSIGN_OR_RETURN(result.weights_, WeightsReader<typename Numerics::Weight>::Make(context, kWeightsInput));
    result.input_ = layout.input;
    result.bias_ = layout.bias;
    return result;
  }

  Operands<Numerics> operator()(const RunContext& run) const {
    return {run.Input<typename Numerics::Input>(input_), weights_(run), run.Input<typename Numerics::Bias>(bias_),
            run.Output<typename Numerics::Output>(0)};
  }

 private:
  WeightsReader<typename Numerics::Weight> weights_;
  int input_ = 0, bias_ = 0;
};

// Type and length of the bias, if there is one.
template <typename BiasType>
Status CheckBias(const OpContext& context, const WeightsLayout& layout) {
  if (!context.HasInput(layout.bias)) return {};
  TFLD_RETURN_IF_ERROR(context.RequireInputType(layout.bias, {kElementTypeOf<BiasType>}));
  const std::int64_t length = context.Input(layout.bias).shape.NumElements();
  if (length == layout.channels) return {};
  return context.Error(StrCat("the bias has ", length, " elements; expected ", layout.channels));
}

// One scale, or one a channel on the axis that the operator wants.
inline Status CheckWeightScales(const OpContext& context, const WeightsLayout& layout) {
  const Value& weights = context.Input(kWeightsInput);
  const Quantization& quantization = *weights.quantization;
  if (!quantization.per_channel()) return context.RequireQuantized(weights);
  if (quantization.axis == layout.channel_axis &&
      quantization.scales.size() == static_cast<std::size_t>(layout.channels)) {
    return {};
  }
  return context.Error(StrCat("the weights have ", quantization.scales.size(), " scales on axis ", quantization.axis,
                              "; expected ", layout.channels, " on axis ", layout.channel_axis));
}

class FloatSum {
 public:
  using Input = float;
  using Weight = float;
  using Bias = float;
  using Output = float;
  using Sum = float;

  static Result<FloatSum> Make(const OpContext& context, const WeightsLayout& layout) {
    TFLD_RETURN_IF_ERROR(CheckBias<float>(context, layout));
    FloatSum result;
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

// How a sum is brought to the output's scale: in fixed point (convolutions), or in double (FULLY_CONNECTED).
struct FixedPointRescaling {
  QuantizedMultiplier by;

  static Result<FixedPointRescaling> Make(const OpContext& context, double real, bool wide) {
    TFLD_ASSIGN_OR_RETURN(const QuantizedMultiplier by, RequireMultiplier(context, real));
    if (wide && by.shift > 7) return context.Error(StrCat("the scales' ratio ", real, " is out of range"));
    return FixedPointRescaling{by};
  }
  std::int64_t operator()(std::int32_t sum) const { return Multiply(sum, by); }
  std::int64_t operator()(std::int64_t sum) const { return Multiply(sum, by); }
};

struct DoubleRescaling {
  double real;

  static Result<DoubleRescaling> Make(const OpContext& context, double real, bool) {
    if (std::isfinite(real) && real >= 0) return DoubleRescaling{real};
    return context.Error(StrCat("the scales' ratio ", real, " is out of range"));
  }
  std::int64_t operator()(std::int64_t sum) const {
    constexpr double kLimit = std::numeric_limits<std::int32_t>::max();
    return static_cast<std::int64_t>(std::clamp(std::round(static_cast<double>(sum) * real), -kLimit, kLimit));
  }
};

// `SignedSum` is what a sum is rescaled as.
template <typename InputType, typename WeightType, typename OutputType, typename Rescaling,
          typename BiasType = std::int32_t, typename SignedSum = BiasType>
class QuantizedSum {
 public:
  using Input = InputType;
  using Weight = WeightType;
  using Output = OutputType;
  using Bias = BiasType;
  using Sum = std::make_unsigned_t<SignedSum>;  // wraps instead of overflowing, whatever the model's sizes

  static Result<QuantizedSum> Make(const OpContext& context, const WeightsLayout& layout) {
    const Value& input = context.Input(layout.input);
    const Value& weights = context.Input(kWeightsInput);
    const Value& output = context.Output(0);
    TFLD_RETURN_IF_ERROR(context.RequireQuantized(input));
    TFLD_RETURN_IF_ERROR(context.RequireQuantized(output));
    TFLD_RETURN_IF_ERROR(CheckWeightScales(context, layout));
    TFLD_RETURN_IF_ERROR(CheckBias<Bias>(context, layout));
    QuantizedSum result;
    for (const float scale : weights.quantization->scales) {
      TFLD_ASSIGN_OR_RETURN(
          const Rescaling rescaling,
          Rescaling::Make(context, ProductOfScales(layout, input.scale(), scale) / static_cast<double>(output.scale()),
                          sizeof(SignedSum) == 8));
      result.rescalings_.push_back(rescaling);
    }
    const bool symmetric = weights.quantization->per_channel() || (layout.symmetric && std::is_signed_v<Weight>);
    result.input_zero_point_ = input.zero_point();
    result.weights_zero_point_ = symmetric ? 0 : weights.zero_point();
    result.output_zero_point_ = output.zero_point();
    TFLD_ASSIGN_OR_RETURN(result.range_, (QuantizedActivationRange<Output>(context, layout.activation, output)));
    return result;
  }

  Sum Product(Input input, Weight weight) const {
    const std::int32_t a = static_cast<std::int32_t>(input) - input_zero_point_;
    const std::int32_t b = static_cast<std::int32_t>(weight) - weights_zero_point_;
    if constexpr (sizeof(Weight) == 1) return static_cast<Sum>(a * b);  // at most 17 bits by 9
    return static_cast<Sum>(a) * static_cast<Sum>(b);
  }

  Output Finish(Sum sum, const Bias* bias, std::int64_t channel) const {
    if (bias != nullptr) sum += static_cast<Sum>(bias[channel]);
    const Rescaling& rescale = rescalings_[rescalings_.size() == 1 ? 0 : static_cast<std::size_t>(channel)];
    const std::int64_t output = rescale(static_cast<SignedSum>(sum)) + output_zero_point_;
    return static_cast<Output>(std::clamp<std::int64_t>(output, range_.min, range_.max));
  }

 private:
  // Legacy uint8 convolutions always multiply the scales as floats.
  static double ProductOfScales(const WeightsLayout& layout, float input, float weights) {
    constexpr bool kIsLegacy = std::is_unsigned_v<Input> && std::is_same_v<Rescaling, FixedPointRescaling>;
    if (kIsLegacy || layout.multiplies_scales_as_floats) return static_cast<double>(input * weights);
    return static_cast<double>(input) * static_cast<double>(weights);
  }

  std::int32_t input_zero_point_ = 0;
  std::int32_t weights_zero_point_ = 0;
  std::int32_t output_zero_point_ = 0;
  Range<std::int32_t> range_{};
  std::vector<Rescaling> rescalings_;  // one, or one a channel
};

// Makes the numerics for the node's types and calls function(numerics, operands), the latter an OperandReader.
template <typename Numerics, typename Function>
Status WithNumerics(PrepareContext& context, const WeightsLayout& layout, Function&& function) {
  TFLD_ASSIGN_OR_RETURN(const auto operands, OperandReader<Numerics>::Make(context, layout));
  TFLD_ASSIGN_OR_RETURN(const Numerics numerics, Numerics::Make(context, layout));
  return function(numerics, operands);
}

// 16-bit inputs are summed in 64 bits, but in 32 when that is the bias's type, or would be.
inline bool SumsIn32Bits(const OpContext& context, const WeightsLayout& layout) {
  if (!context.HasInput(layout.bias)) return layout.has_int32_sums;
  return context.Input(layout.bias).type == ElementType::kInt32;
}

template <typename Rescaling, typename Function>
Status DispatchNumerics(PrepareContext& context, const WeightsLayout& layout, Function&& function) {
  using Int8 = std::int8_t;
  using UInt8 = std::uint8_t;
  using Int16 = std::int16_t;
  const ElementType type = context.Input(layout.input).type;
  switch (type) {
    case ElementType::kFloat32: return WithNumerics<FloatSum>(context, layout, function);
    case ElementType::kInt8: return WithNumerics<QuantizedSum<Int8, Int8, Int8, Rescaling>>(context, layout, function);
    case ElementType::kUInt8:
      return WithNumerics<QuantizedSum<UInt8, UInt8, UInt8, Rescaling>>(context, layout, function);
    case ElementType::kInt16:
      if (SumsIn32Bits(context, layout)) {
        return WithNumerics<QuantizedSum<Int16, Int8, Int16, Rescaling, std::int32_t>>(context, layout, function);
      }
      return WithNumerics<QuantizedSum<Int16, Int8, Int16, Rescaling, std::int64_t>>(context, layout, function);
    default: return context.Unsupported(StrCat("type ", ElementTypeName(type), " is not supported"));
  }
}

}  // namespace tfld::engine::reference
