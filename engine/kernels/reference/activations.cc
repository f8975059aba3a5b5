// ELU, GELU, HARD_SWISH, LEAKY_RELU: activation functions that are no clamps.
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/kernels/reference/elementwise.h"
#include "engine/kernels/reference/half.h"
#include "engine/kernels/reference/lookup_table.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

template <typename... Types, typename Function>
Status PrepareByTable(PrepareContext& context, std::string_view name, Function function) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  return DispatchType<float, Types...>(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    if constexpr (kIsQuantized<T>) {
      TFLD_RETURN_IF_ERROR(RequireAllQuantized(context));
      return EmitUnary<T>(context, name, LookupTable<T>(context.Input(0), context.Output(0), function));
    } else {
      return EmitUnary<T>(context, name, function);
    }
  });
}

// For 16-bit floats every step is rounded, for others `round` leaves it as it is.
// With the complement of the error function: 1 + erf(x / sqrt(2)) would cancel for negative x.
template <typename Round>
float Gelu(float x, Round round) {
  const float scaled = round(x * round(static_cast<float>(-std::numbers::sqrt2 / 2)));
  return round(round(0.5F * x) * round(std::erfc(scaled)));
}

template <typename Round>
float ApproximateGelu(float x, Round round) {
  constexpr auto kRootOf2OverPi = static_cast<float>(2 * std::numbers::inv_sqrtpi * (std::numbers::sqrt2 / 2));
  const float cube = round(round(round(0.044715F) * x) * round(x * x));
  const float tanh = round(std::tanh(round(round(kRootOf2OverPi) * round(x + cube))));
  return round(round(0.5F * x) * round(1.0F + tanh));
}

// In 16-bit fixed point: the input with seven more bits, times relu6(x + 3) / 6, which is a number of [0, 1].
// Source: TensorFlow Lite's reference HARD_SWISH.
struct QuantizedHardSwish {
  static constexpr int kInputFractionBits = 7;

  struct Multiplier {
    std::int32_t multiplier;  // of 16 bits
    int exponent;
  };
  std::int32_t input_zero_point, output_zero_point;
  Multiplier output, slope;

  static std::int32_t Saturate(std::int64_t value) {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, -32768, 32767));
  }
  static std::int32_t RoundingHighMul(std::int32_t a, std::int32_t b) {
    if (a == -32768 && b == -32768) return 32767;
    const std::int32_t product = a * b;
    return (product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15);
  }

  // relu6(x + 3) / 6 in Q0.15. Shifted up in two steps, so that only the last one's saturation can show.
  std::int32_t Gate(std::int32_t x) const {
    const int up = slope.exponent;
    if (up > 0) x = Saturate(static_cast<std::int64_t>(x) << (up - 1));
    x = RoundingHighMul(x, slope.multiplier);
    if (up > 0) x = Saturate(static_cast<std::int64_t>(x) << 1);
    if (up < 0) x = RoundingDivideByPot(x, -up);
    return (x + (1 << 15)) >> 1;
  }

  template <typename T>
  T Apply(T stored) const {
    const auto x = static_cast<std::int16_t>((stored - input_zero_point) * (1 << kInputFractionBits));
    const std::int32_t scaled = RoundingHighMul(x, output.multiplier);
    const std::int32_t product = Gate(x) * scaled / (1 << 15);  // cut off: rounding would add a bias
    return static_cast<T>(AddAndClamp(RoundingDivideByPot(product, -output.exponent), output_zero_point,
                                      std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  }
};

Result<QuantizedHardSwish> MakeHardSwish(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(RequireAllQuantized(context));
  const auto make = [&](float real) -> Result<QuantizedHardSwish::Multiplier> {
    TFLD_ASSIGN_OR_RETURN(const QuantizedMultiplier by, RequireMultiplier(context, static_cast<double>(real)));
    const std::int64_t rounded = (static_cast<std::int64_t>(by.multiplier) + (1 << 15)) >> 16;
    return QuantizedHardSwish::Multiplier{static_cast<std::int32_t>(std::min<std::int64_t>(rounded, 32767)), by.shift};
  };
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  const float fine_scale = 1.0F / (1 << QuantizedHardSwish::kInputFractionBits) * input.scale();
  QuantizedHardSwish function{
      .input_zero_point = input.zero_point(), .output_zero_point = output.zero_point(), .output = {}, .slope = {}};
  TFLD_ASSIGN_OR_RETURN(function.output, make(fine_scale / output.scale()));
  TFLD_ASSIGN_OR_RETURN(function.slope, make(fine_scale / (3.0F / 32768.0F)));
  if (function.output.exponent > 0) return context.Error("the output's scale is too small beside the input's");
  return function;
}

struct QuantizedLeakyRelu {
  std::int32_t input_zero_point, output_zero_point;
  QuantizedMultiplier positive, negative;
  bool alpha_is_negative;

  template <typename T>
  T Apply(T stored) const {
    const std::int32_t x = stored - input_zero_point;
    std::int32_t y = Multiply(x, x >= 0 ? positive : negative);
    if (x < 0 && alpha_is_negative) y = -y;
    return static_cast<T>(
        AddAndClamp(y, output_zero_point, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  }
};

Result<QuantizedLeakyRelu> MakeLeakyRelu(const OpContext& context, float alpha) {
  TFLD_RETURN_IF_ERROR(RequireAllQuantized(context));
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  QuantizedLeakyRelu function{.input_zero_point = input.zero_point(),
                              .output_zero_point = output.zero_point(),
                              .positive = {},
                              .negative = {},
                              .alpha_is_negative = alpha < 0};
  TFLD_ASSIGN_OR_RETURN(function.positive,
                        RequireMultiplier(context, static_cast<double>(input.scale() / output.scale())));
  TFLD_ASSIGN_OR_RETURN(
      function.negative,
      RequireMultiplier(context, static_cast<double>(input.scale() * std::abs(alpha) / output.scale())));
  return function;
}

}  // namespace

Status PrepareElu(PrepareContext& context) {
  return PrepareByTable<std::int8_t>(context, "reference.elu", [](float x) { return x < 0 ? std::expm1(x) : x; });
}

Status PrepareGelu(PrepareContext& context) {
  const bool approximate = context.attributes<GeluAttributes>().approximate;
  const auto gelu = [approximate](float x, auto round) {
    return approximate ? ApproximateGelu(x, round) : Gelu(x, round);
  };
  if (context.Input(0).type == ElementType::kFloat16) {
    TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
    const auto round = [](float x) { return static_cast<float>(Half::Round(x)); };
    return EmitUnary<Half>(context, "reference.gelu",
                           [gelu, round](Half x) { return Half::Round(gelu(static_cast<float>(x), round)); });
  }
  return PrepareByTable<std::int8_t, std::uint8_t, std::int16_t>(
      context, "reference.gelu", [gelu](float x) { return gelu(x, [](float y) { return y; }); });
}

Status PrepareHardSwish(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  return DispatchType<float, std::int8_t, std::uint8_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (kIsFloat<T>) {
          return EmitUnary<T>(context, "reference.hard_swish",
                              [](T x) { return x * std::min(6.0F, std::max(0.0F, x + 3.0F)) / 6.0F; });
        } else {
          TFLD_ASSIGN_OR_RETURN(const QuantizedHardSwish function, MakeHardSwish(context));
          return EmitUnary<T>(context, "reference.hard_swish", [function](T x) { return function.Apply(x); });
        }
      });
}

Status PrepareLeakyRelu(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  const float alpha = context.attributes<LeakyReluAttributes>().alpha;
  return DispatchType<float, std::int8_t, std::uint8_t, std::int16_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (kIsFloat<T>) {
          return EmitUnary<T>(context, "reference.leaky_relu", [alpha](T x) { return x > 0 ? x : x * alpha; });
        } else {
          TFLD_ASSIGN_OR_RETURN(const QuantizedLeakyRelu function, MakeLeakyRelu(context, alpha));
          return EmitUnary<T>(context, "reference.leaky_relu", [function](T x) { return function.Apply(x); });
        }
      });
}

}  // namespace tfld::engine::reference
