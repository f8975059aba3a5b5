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

namespace tfld::engine::reference {

inline constexpr int kWeightsInput = 1;
inline constexpr int kBiasInput = 2;

// What the operator knows about its weights.
struct WeightsLayout {
  int channels;      // of the output
  int channel_axis;  // of the weights' shape
  Activation activation;
  bool symmetric;  // int8 weights have the zero point 0, whatever the model says (convolutions)
};

// The pointers of one run.
template <typename Numerics>
struct Operands {
  const typename Numerics::Input* input;
  const typename Numerics::Weight* weights;
  const typename Numerics::Bias* bias;  // null: none
  typename Numerics::Output* output;

  explicit Operands(const RunContext& run)
      : input(run.Input<typename Numerics::Input>(0)),
        weights(run.Input<typename Numerics::Weight>(kWeightsInput)),
        bias(run.Input<typename Numerics::Bias>(kBiasInput)),
        output(run.Output<typename Numerics::Output>(0)) {}
  Operands() = default;
};

// Type and length of the bias, if there is one.
template <typename BiasType>
Status CheckBias(const OpContext& context, int channels) {
  if (!context.HasInput(kBiasInput)) return {};
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kBiasInput, {kElementTypeOf<BiasType>}));
  const std::int64_t length = context.Input(kBiasInput).shape.NumElements();
  if (length == channels) return {};
  return context.Error(StrCat("the bias has ", length, " elements; expected ", channels));
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
    TFLD_RETURN_IF_ERROR(CheckBias<float>(context, layout.channels));
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

template <typename InputType, typename WeightType, typename OutputType, typename Rescaling>
class QuantizedSum {
 public:
  using Input = InputType;
  using Weight = WeightType;
  using Output = OutputType;
  // 16-bit inputs are summed in 64 bits.
  using Signed = std::conditional_t<sizeof(Input) == 2, std::int64_t, std::int32_t>;
  using Bias = Signed;
  using Sum = std::make_unsigned_t<Signed>;  // wraps instead of overflowing, whatever the model's sizes

  static Result<QuantizedSum> Make(const OpContext& context, const WeightsLayout& layout) {
    const Value& input = context.Input(0);
    const Value& weights = context.Input(kWeightsInput);
    const Value& output = context.Output(0);
    TFLD_RETURN_IF_ERROR(context.RequireQuantized(input));
    TFLD_RETURN_IF_ERROR(context.RequireQuantized(output));
    TFLD_RETURN_IF_ERROR(CheckWeightScales(context, layout));
    TFLD_RETURN_IF_ERROR(CheckBias<Bias>(context, layout.channels));
    QuantizedSum result;
    for (const float scale : weights.quantization->scales) {
      TFLD_ASSIGN_OR_RETURN(
          const Rescaling rescaling,
          Rescaling::Make(context, ProductOfScales(input.scale(), scale) / static_cast<double>(output.scale()),
                          sizeof(Signed) == 8));
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
    return static_cast<Sum>((static_cast<std::int32_t>(input) - input_zero_point_) *
                            (static_cast<std::int32_t>(weight) - weights_zero_point_));
  }

  Output Finish(Sum sum, const Bias* bias, std::int64_t channel) const {
    if (bias != nullptr) sum += static_cast<Sum>(bias[channel]);
    const Rescaling& rescale = rescalings_[rescalings_.size() == 1 ? 0 : static_cast<std::size_t>(channel)];
    const std::int64_t output = rescale(static_cast<Signed>(sum)) + output_zero_point_;
    return static_cast<Output>(std::clamp<std::int64_t>(output, range_.min, range_.max));
  }

 private:
  // Legacy uint8 convolutions multiply the scales as floats.
  static double ProductOfScales(float input, float weights) {
    constexpr bool kAsFloats = std::is_unsigned_v<Input> && std::is_same_v<Rescaling, FixedPointRescaling>;
    if constexpr (kAsFloats) return static_cast<double>(input * weights);
    return static_cast<double>(input) * static_cast<double>(weights);
  }

  std::int32_t input_zero_point_ = 0;
  std::int32_t weights_zero_point_ = 0;
  std::int32_t output_zero_point_ = 0;
  Range<std::int32_t> range_{};
  std::vector<Rescaling> rescalings_;  // one, or one a channel
};

// Makes the numerics for the node's types and calls function(numerics).
template <typename Numerics, typename Function>
Status WithNumerics(const OpContext& context, const WeightsLayout& layout, Function&& function) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kWeightsInput, {kElementTypeOf<typename Numerics::Weight>}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {kElementTypeOf<typename Numerics::Output>}));
  TFLD_ASSIGN_OR_RETURN(const Numerics numerics, Numerics::Make(context, layout));
  return function(numerics);
}

template <typename Rescaling, typename Function>
Status DispatchNumerics(const OpContext& context, const WeightsLayout& layout, Function&& function) {
  using Int8 = std::int8_t;
  using UInt8 = std::uint8_t;
  using Int16 = std::int16_t;
  switch (context.Input(0).type) {
    case ElementType::kFloat32: return WithNumerics<FloatSum>(context, layout, function);
    case ElementType::kInt8: return WithNumerics<QuantizedSum<Int8, Int8, Int8, Rescaling>>(context, layout, function);
    case ElementType::kUInt8:
      return WithNumerics<QuantizedSum<UInt8, UInt8, UInt8, Rescaling>>(context, layout, function);
    case ElementType::kInt16:
      return WithNumerics<QuantizedSum<Int16, Int8, Int16, Rescaling>>(context, layout, function);
    default: return context.Unsupported(StrCat("type ", ElementTypeName(context.Input(0).type), " is not supported"));
  }
}

}  // namespace tfld::engine::reference
