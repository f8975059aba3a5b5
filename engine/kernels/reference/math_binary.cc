// DIV, FLOOR_DIV, FLOOR_MOD, POW, SQUARED_DIFFERENCE, ATAN2: a function of two operands that broadcast.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/kernels/reference/elementwise.h"
#include "engine/kernels/reference/fixed_point_exp.h"
#include "engine/kernels/reference/half.h"
#include "engine/kernels/reference/lookup_table.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

constexpr std::string_view kDivisionByZero = "division by zero";

template <typename T>
auto NotZero(std::int32_t zero_point = 0) {
  return Domain{[zero_point](T x) { return x != static_cast<T>(zero_point); }, kDivisionByZero};
}

// The least integer divided by -1 wraps.
template <typename T>
T Quotient(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    if (b == -1) return static_cast<T>(0 - static_cast<std::make_unsigned_t<T>>(a));
  }
  return static_cast<T>(a / b);
}

// a / b by the reciprocal of b, which is 2^-shift times a number of [1/2, 1), and by a shifted up as far as it goes.
struct QuantizedQuotient {
  std::int32_t zero_point_a, zero_point_b, zero_point;
  QuantizedMultiplier multiplier;
  Range<std::int32_t> range;

  std::int32_t operator()(std::int32_t a, std::int32_t b) const {
    std::int32_t x = a - zero_point_a, y = b - zero_point_b;
    if (y < 0) {
      x = -x;
      y = -y;
    }
    const int leading_zeros = std::countl_zero(static_cast<std::uint32_t>(y));
    const std::uint32_t mantissa = (static_cast<std::uint32_t>(y) << leading_zeros) - (std::uint32_t{1} << 31);
    const std::int32_t reciprocal = OneOverOnePlus(static_cast<std::int32_t>(mantissa));
    const auto sign_less = static_cast<std::uint32_t>(x < 0 ? ~x : x);
    const int headroom = std::countl_zero(sign_less) - 1;
    const std::int32_t quotient = Multiply(x, {.multiplier = reciprocal, .shift = headroom});
    const int shift = multiplier.shift - (31 - leading_zeros) - headroom;
    return AddAndClamp(shift < -31 ? 0 : Multiply(quotient, {.multiplier = multiplier.multiplier, .shift = shift}),
                       zero_point, range.min, range.max);
  }
};

template <typename T>
Status PrepareQuantizedDiv(PrepareContext& context, Activation activation) {
  TFLD_RETURN_IF_ERROR(RequireAllQuantized(context));
  const Value& a = context.Input(0);
  const Value& b = context.Input(1);
  const Value& output = context.Output(0);
  QuantizedQuotient quotient{.zero_point_a = a.zero_point(),
                             .zero_point_b = b.zero_point(),
                             .zero_point = output.zero_point(),
                             .multiplier = {},
                             .range = {}};
  TFLD_ASSIGN_OR_RETURN(quotient.range, (QuantizedActivationRange<T>(context, activation, output)));
  TFLD_ASSIGN_OR_RETURN(quotient.multiplier,
                        RequireMultiplier(context, static_cast<double>(a.scale() / (b.scale() * output.scale()))));
  return EmitPartialBinary<T>(context, "reference.div", NotZero<T>(b.zero_point()),
                              [quotient](T x, T y) { return static_cast<T>(quotient(x, y)); });
}

// The remainder has the divisor's sign.
template <typename T>
T FloorMod(T a, T b) {
  T remainder;
  if constexpr (kIsFloat<T>) {
    remainder = std::fmod(a, b);
  } else {
    remainder = b == -1 ? T{0} : static_cast<T>(a % b);
  }
  return remainder != 0 && (b < 0) != (remainder < 0) ? static_cast<T>(remainder + b) : remainder;
}

// Computed in double; integers are cut to their size, which concerns the least one divided by -1.
template <typename T>
T FloorDiv(T a, T b) {
  const double quotient = std::floor(static_cast<double>(a) / static_cast<double>(b));
  if constexpr (kIsFloat<T>) {
    return static_cast<T>(quotient);
  } else {
    return static_cast<T>(static_cast<std::int64_t>(quotient));
  }
}

// In double, as the conversion of its arguments gives it; a result beyond the integers is the least one.
std::int32_t IntegerPower(std::int32_t a, std::int32_t b) {
  const double power = std::pow(static_cast<double>(a), static_cast<double>(b));
  const bool fits = power > -2147483649.0 && power < 2147483648.0;
  return fits ? static_cast<std::int32_t>(power) : std::numeric_limits<std::int32_t>::min();
}

template <typename T>
T WrappingProduct(T a, T b) {
  if constexpr (kIsFloat<T>) {
    return std::clamp(a * b, std::numeric_limits<T>::lowest(), std::numeric_limits<T>::max());
  } else {
    return static_cast<T>(static_cast<std::uint32_t>(a) * static_cast<std::uint32_t>(b));
  }
}

// By squaring; exponent is positive.
template <typename T>
T PowerBySquaring(T base, std::int32_t exponent) {
  T power = base;
  for (int bit = 30 - std::countl_zero(static_cast<std::uint32_t>(exponent)); bit >= 0; --bit) {
    power = WrappingProduct(power, power);
    if ((exponent >> bit & 1) != 0) power = WrappingProduct(base, power);
  }
  return power;
}

// The integer that a common exponent is, as far as 1e-5, when it is positive; else 0.
template <typename T>
std::int32_t CommonExponent(T exponent) {
  const float real = static_cast<float>(exponent);
  if (!(real >= 0.5F && real < 1e9F)) return 0;
  const auto integer = static_cast<std::int32_t>(std::round(real));
  if constexpr (!kIsFloat<T>) return exponent;
  return std::abs(real - static_cast<float>(integer)) < 1e-5F ? integer : 0;
}

// An exponent for all elements is applied by products when it is an integer.
template <typename T, typename Accepts, typename Function>
Status EmitPower(PrepareContext& context, Domain<Accepts> domain, Function function) {
  const Broadcast broadcast(context.Input(0).shape, context.Input(1).shape);
  const std::int64_t count = context.Input(1).shape.NumElements();
  const bool common = count == 1 && !(context.Input(0).shape == context.Input(1).shape);
  return context.Emit("reference.pow", [broadcast, count, common, domain, function](const RunContext& run) -> Status {
    const T* exponents = run.Input<T>(1);
    TFLD_RETURN_IF_ERROR(domain.Check(exponents, count));
    if (const std::int32_t exponent = common ? CommonExponent(exponents[0]) : 0; exponent > 0) {
      broadcast.Apply(run.Input<T>(0), exponents, run.Output<T>(0),
                      [exponent](T base, T) { return PowerBySquaring(base, exponent); });
    } else {
      broadcast.Apply(run.Input<T>(0), exponents, run.Output<T>(0), function);
    }
    return {};
  });
}

// Both int8 operands are brought to the scale 2 * max(scales) / 2^7, subtracted and squared.
struct QuantizedSquaredDifference {
  static constexpr int kLeftShift = 7;

  std::int32_t zero_point_a, zero_point_b, zero_point;
  QuantizedMultiplier multiplier_a, multiplier_b, multiplier;

  std::int8_t operator()(std::int8_t a, std::int8_t b) const {
    const std::int32_t difference = Multiply((a - zero_point_a) * (1 << kLeftShift), multiplier_a) -
                                    Multiply((b - zero_point_b) * (1 << kLeftShift), multiplier_b);
    return static_cast<std::int8_t>(AddAndClamp(Multiply(difference * difference, multiplier), zero_point, -128, 127));
  }
};

Status PrepareInt8SquaredDifference(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireAllQuantized(context));
  const Value& a = context.Input(0);
  const Value& b = context.Input(1);
  const Value& output = context.Output(0);
  const double twice_max = 2.0 * static_cast<double>(std::max(a.scale(), b.scale()));
  const double unit = static_cast<double>(1 << (2 * QuantizedSquaredDifference::kLeftShift));
  QuantizedSquaredDifference function{.zero_point_a = a.zero_point(),
                                      .zero_point_b = b.zero_point(),
                                      .zero_point = output.zero_point(),
                                      .multiplier_a = {},
                                      .multiplier_b = {},
                                      .multiplier = {}};
  TFLD_ASSIGN_OR_RETURN(function.multiplier_a, RequireMultiplier(context, static_cast<double>(a.scale()) / twice_max));
  TFLD_ASSIGN_OR_RETURN(function.multiplier_b, RequireMultiplier(context, static_cast<double>(b.scale()) / twice_max));
  TFLD_ASSIGN_OR_RETURN(
      function.multiplier,
      RequireMultiplier(context, twice_max * twice_max / (unit * static_cast<double>(output.scale()))));
  return EmitBinary<std::int8_t>(context, "reference.squared_difference", function);
}

}  // namespace

Status PrepareDiv(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  const Activation activation = context.attributes<ElementwiseAttributes>().activation;
  return DispatchType<float, std::int32_t, std::int8_t, std::uint8_t, std::int16_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (kIsQuantized<T>) {
          return PrepareQuantizedDiv<T>(context, activation);
        } else {
          TFLD_ASSIGN_OR_RETURN(const Range<T> range, RequireActivationRange<T>(context, activation));
          const auto function = [range](T a, T b) { return range.Clamp(Quotient(a, b)); };
          if constexpr (kIsFloat<T>) {
            return EmitBinary<T>(context, "reference.div", function);
          } else {
            return EmitPartialBinary<T>(context, "reference.div", NotZero<T>(), function);
          }
        }
      });
}

Status PrepareFloorDiv(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  return DispatchType<float, std::int8_t, std::int16_t, std::int32_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        return EmitPartialBinary<T>(context, "reference.floor_div", NotZero<T>(), FloorDiv<T>);
      });
}

Status PrepareFloorMod(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  return DispatchType<float, std::int8_t, std::int16_t, std::int32_t, std::int64_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (kIsFloat<T>) {
          return EmitBinary<T>(context, "reference.floor_mod", FloorMod<T>);
        } else {
          return EmitPartialBinary<T>(context, "reference.floor_mod", NotZero<T>(), FloorMod<T>);
        }
      });
}

Status PreparePow(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  return DispatchType<float, std::int32_t>(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    if constexpr (kIsFloat<T>) {
      const Domain everywhere{[](float) { return true; }, ""};
      return EmitPower<T>(context, everywhere, [](float a, float b) { return std::pow(a, b); });
    } else {
      const Domain not_negative{[](T x) { return x >= 0; }, "a negative exponent of an integer"};
      return EmitPower<T>(context, not_negative, IntegerPower);
    }
  });
}

Status PrepareSquaredDifference(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  return DispatchType<float, std::int32_t, std::int8_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (kIsQuantized<T>) {
          return PrepareInt8SquaredDifference(context);
        } else if constexpr (kIsFloat<T>) {
          return EmitBinary<T>(context, "reference.squared_difference", [](T a, T b) { return (a - b) * (a - b); });
        } else {
          return EmitBinary<T>(context, "reference.squared_difference",
                               [](T a, T b) { return WrappingProduct(WrappingSub(a, b), WrappingSub(a, b)); });
        }
      });
}

Status PrepareAtan2(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  return DispatchType<float, double, Half, BFloat16>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        const auto atan2 = [](auto y, auto x) { return std::atan2(y, x); };
        return EmitBinary<T>(context, "reference.atan2", [atan2](T y, T x) { return ApplyRounded<T>(atan2, y, x); });
      });
}

}  // namespace tfld::engine::reference
