// ABS, NEG, SIGN, SQUARE, SQRT, RSQRT, EXP, LOG, SIN, COS, CEIL, FLOOR, ROUND, LOGICAL_NOT: one function of each
// element.
#include <cmath>
#include <limits>

#include "engine/kernels/reference/elementwise.h"
#include "engine/kernels/reference/fixed_point_inverse_sqrt.h"
#include "engine/kernels/reference/half.h"
#include "engine/kernels/reference/lookup_table.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

// The same function for each of Types, on the elements as they are stored.
template <typename... Types, typename Function>
Status PrepareStored(PrepareContext& context, std::string_view name, Function function) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  return DispatchType<Types...>(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return EmitUnary<T>(context, name, [function](T x) { return ApplyRounded<T>(function, x); });
  });
}

// A function of real numbers in float32, int8 and int16, the latter by a table of `quantized`.
template <typename Function, typename QuantizedFunction>
Status PrepareReal(PrepareContext& context, std::string_view name, Function function, QuantizedFunction quantized) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  return DispatchType<float, std::int8_t, std::int16_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (kIsFloat<T>) {
          return EmitUnary<T>(context, name, function);
        } else {
          TFLD_RETURN_IF_ERROR(RequireAllQuantized(context));
          return EmitUnary<T>(context, name, LookupTable<T>(context.Input(0), context.Output(0), quantized));
        }
      });
}

template <typename T>
T WrappingNegative(T x) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(0 - static_cast<std::make_unsigned_t<T>>(x));
  } else {
    return -x;
  }
}

template <typename T>
T WrappingAbs(T x) {
  if constexpr (kIsFloat<T>) {
    return std::abs(x);
  } else {
    return x < 0 ? WrappingNegative(x) : x;
  }
}

// Requantizes only when the scales differ.
template <typename T>
Status EmitQuantizedAbs(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireAllQuantized(context));
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  TFLD_ASSIGN_OR_RETURN(const QuantizedMultiplier by,
                        RequireMultiplier(context, static_cast<double>(input.scale() / output.scale())));
  const bool rescale = input.scale() != output.scale();
  return EmitUnary<T>(
      context, "reference.abs", [by, rescale, zero_in = input.zero_point(), zero_out = output.zero_point()](T x) {
        const std::int32_t value = std::abs(x - zero_in);
        return static_cast<T>(AddAndClamp(rescale ? Multiply(value, by) : value, zero_out,
                                          std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
      });
}

// Cut off towards zero, where other operators round.
template <typename T>
Status EmitQuantizedSqrt(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireAllQuantized(context));
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  const Domain domain{[zero = input.zero_point()](T x) { return x >= zero; }, "the square root of a negative number"};
  return EmitPartialUnary<T>(context, "reference.sqrt", domain,
                             [scale_in = input.scale(), zero_in = input.zero_point(), scale_out = output.scale(),
                              zero_out = output.zero_point()](T x) {
                               const float root = std::sqrt(scale_in * static_cast<float>(x - zero_in));
                               const std::int32_t value = std::min(SaturatingCast(root / scale_out), 1 << 24);
                               return static_cast<T>(AddAndClamp(value, zero_out, std::numeric_limits<T>::min(),
                                                                 std::numeric_limits<T>::max()));
                             });
}

constexpr std::string_view kRsqrtOfNegative = "the reciprocal square root of a negative number";

// Zero has the greatest result.
Status EmitInt8Rsqrt(PrepareContext& context) {
  constexpr int kFractionBits = 20;
  constexpr std::int32_t kMin = -128, kMax = 127;
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  const double real = 1.0 / static_cast<double>(std::sqrt(input.scale()) * output.scale());
  TFLD_ASSIGN_OR_RETURN(QuantizedMultiplier by, RequireMultiplier(context, real));
  by.shift -= kFractionBits;
  if (by.shift < -31) by = {};
  const auto function = [by, zero_in = input.zero_point(), zero_out = output.zero_point()](std::int8_t x) {
    const std::int32_t value = x - zero_in;
    if (value == 0) return static_cast<std::int8_t>(kMax);
    QuantizedMultiplier root = InverseSqrt(value);
    root.shift += kFractionBits;
    return static_cast<std::int8_t>(AddAndClamp(Multiply(Multiply(1, root), by), zero_out, kMin, kMax));
  };
  const Domain domain{[zero = input.zero_point()](std::int8_t x) { return x >= zero; }, kRsqrtOfNegative};
  return EmitPartialUnary<std::int8_t>(context, "reference.rsqrt", domain, function);
}

Status EmitInt16Rsqrt(PrepareContext& context) {
  const float greatest = 32767.0F * context.Output(0).scale();
  const LookupTable<std::int16_t> table(context.Input(0), context.Output(0),
                                        [greatest](float x) { return x <= 0 ? greatest : 1.0F / std::sqrt(x); });
  const Domain domain{[zero = context.Input(0).zero_point()](std::int16_t x) { return x >= zero; }, kRsqrtOfNegative};
  return EmitPartialUnary<std::int16_t>(context, "reference.rsqrt", domain, table);
}

// Ties to even. A float from 2^23 on is an integer.
float RoundToEven(float x) {
  const float floor = std::floor(x);
  const float difference = x - floor;
  if (difference < 0.5F) return floor;
  if (difference == 0.5F && std::fmod(floor, 2.0F) == 0) return floor;
  return floor + 1.0F;
}

}  // namespace

Status PrepareAbs(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  const bool quantized = !context.Input(0).quantization->empty();
  return DispatchType<float, std::int8_t, std::int16_t, std::int32_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (kIsQuantized<T>) {
          if (quantized || sizeof(T) == 1) return EmitQuantizedAbs<T>(context);
        }
        return EmitUnary<T>(context, "reference.abs", [](T x) { return WrappingAbs(x); });
      });
}

// Of quantized tensors the stored numbers are negated: converters give them a zero point of 0 and equal scales.
Status PrepareNeg(PrepareContext& context) {
  return PrepareStored<float, std::int8_t, std::int16_t, std::int32_t, std::int64_t, Half, BFloat16>(
      context, "reference.neg", [](auto x) { return WrappingNegative(x); });
}

Status PrepareSign(PrepareContext& context) {
  return PrepareStored<float, double, std::int32_t>(context, "reference.sign", [](auto x) {
    using T = decltype(x);
    if (x > 0) return T{1};
    return x < 0 ? static_cast<T>(-1) : (x == 0 ? T{0} : x);  // a NaN stays one
  });
}

Status PrepareSquare(PrepareContext& context) {
  return PrepareStored<float>(context, "reference.square", [](float x) { return x * x; });
}

Status PrepareSqrt(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  return DispatchType<float, std::int8_t, std::int16_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (kIsQuantized<T>) {
          return EmitQuantizedSqrt<T>(context);
        } else {
          return EmitUnary<T>(context, "reference.sqrt", [](T x) { return std::sqrt(x); });
        }
      });
}

Status PrepareRsqrt(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  return DispatchType<float, std::int8_t, std::int16_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (kIsFloat<T>) {
          return EmitUnary<T>(context, "reference.rsqrt", [](T x) { return 1.0F / std::sqrt(x); });
        } else {
          TFLD_RETURN_IF_ERROR(RequireAllQuantized(context));
          return sizeof(T) == 1 ? EmitInt8Rsqrt(context) : EmitInt16Rsqrt(context);
        }
      });
}

Status PrepareExp(PrepareContext& context) {
  const auto exp = [](float x) { return std::exp(x); };
  return PrepareReal(context, "reference.exp", exp, exp);
}

// Quantized, numbers up to zero have the least result.
Status PrepareLog(PrepareContext& context) {
  const Value& output = context.Output(0);
  const std::int32_t least = output.type == ElementType::kInt8 ? -128 : -32768;
  const float least_real = static_cast<float>(least - output.zero_point()) * output.scale();
  return PrepareReal(
      context, "reference.log", [](float x) { return std::log(x); },
      [least_real](float x) { return x <= 0 ? least_real : std::log(x); });
}

Status PrepareSin(PrepareContext& context) {
  return PrepareStored<float, Half>(context, "reference.sin", [](float x) { return std::sin(x); });
}

Status PrepareCos(PrepareContext& context) {
  return PrepareStored<float, Half>(context, "reference.cos", [](float x) { return std::cos(x); });
}

Status PrepareCeil(PrepareContext& context) {
  return PrepareStored<float>(context, "reference.ceil", [](float x) { return std::ceil(x); });
}

Status PrepareFloor(PrepareContext& context) {
  return PrepareStored<float, Half, BFloat16>(context, "reference.floor", [](float x) { return std::floor(x); });
}

Status PrepareRound(PrepareContext& context) {
  return PrepareStored<float, Half, BFloat16>(context, "reference.round", RoundToEven);
}

Status PrepareLogicalNot(PrepareContext& context) {
  return PrepareStored<bool>(context, "reference.logical_not", [](bool x) { return !x; });
}

}  // namespace tfld::engine::reference
