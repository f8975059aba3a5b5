// ADD, SUB, MUL, MAXIMUM, MINIMUM: two operands that broadcast, and a fused activation for the first three.
#include <algorithm>
#include <cmath>
#include <optional>
#include <type_traits>

#include "engine/kernels/reference/elementwise.h"
#include "engine/kernels/reference/half.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/small_types.h"

namespace tfld::engine::reference {
namespace {

constexpr float kGreatestHalf = 65504.0F;

// Integers that are not quantized wrap.
template <typename Function, typename T>
T Wrapping(Function function, T a, T b) {
  if constexpr (!std::is_integral_v<T>) {
    return function(a, b);
  } else {
    using Unsigned = std::make_unsigned_t<T>;
    return static_cast<T>(function(static_cast<Unsigned>(a), static_cast<Unsigned>(b)));
  }
}

struct AddFunction {
  static constexpr std::string_view kName = "reference.add";
  template <typename T>
  T operator()(T a, T b) const {
    return a + b;
  }
};

struct SubFunction {
  static constexpr std::string_view kName = "reference.sub";
  template <typename T>
  T operator()(T a, T b) const {
    return a - b;
  }
};

struct MulFunction {
  static constexpr std::string_view kName = "reference.mul";
  template <typename T>
  T operator()(T a, T b) const {
    // Narrow unsigned operands would be multiplied as int, and overflow there.
    if constexpr (std::is_unsigned_v<T> && sizeof(T) < sizeof(unsigned)) return static_cast<T>(1U * a * b);
    return a * b;
  }
};

struct MaximumFunction {
  static constexpr std::string_view kName = "reference.maximum";
  template <typename T>
  T operator()(T a, T b) const {
    return a > b ? a : b;
  }
};

struct MinimumFunction {
  static constexpr std::string_view kName = "reference.minimum";
  template <typename T>
  T operator()(T a, T b) const {
    return a < b ? a : b;
  }
};

// The sum or difference of two quantized numbers: both are brought to the scale 2 * max(scales) / 2^20 first (2^15 for
// 16 bits), which leaves room for the sum. Source: TensorFlow Lite's quantized addition.
struct QuantizedSum {
  int left_shift;
  std::int32_t zero_point_a, zero_point_b, zero_point;
  QuantizedMultiplier multiplier_a, multiplier_b, multiplier;
  Range<std::int32_t> range;

  std::int32_t Scale(std::int32_t value, std::int32_t zero, QuantizedMultiplier by) const {
    return Multiply(WrappingShiftLeft(value - zero, left_shift), by);
  }
  template <typename Function>
  std::int32_t operator()(Function function, std::int32_t a, std::int32_t b) const {
    const std::int32_t sum =
        Wrapping(function, Scale(a, zero_point_a, multiplier_a), Scale(b, zero_point_b, multiplier_b));
    return AddAndClamp(Multiply(sum, multiplier), zero_point, range.min, range.max);
  }
};

template <typename T>
Result<QuantizedSum> MakeQuantizedSum(const OpContext& context, Range<std::int32_t> range) {
  const Value& a = context.Input(0);
  const Value& b = context.Input(1);
  const Value& output = context.Output(0);
  const double twice_max = 2.0 * static_cast<double>(std::max(a.scale(), b.scale()));
  const int left_shift = sizeof(T) == 1 ? 20 : 15;
  const double unit = static_cast<double>(1 << left_shift);
  QuantizedSum sum{.left_shift = left_shift,
                   .zero_point_a = a.zero_point(),
                   .zero_point_b = b.zero_point(),
                   .zero_point = output.zero_point(),
                   .multiplier_a = {},
                   .multiplier_b = {},
                   .multiplier = {},
                   .range = range};
  TFLD_ASSIGN_OR_RETURN(sum.multiplier_a, RequireMultiplier(context, static_cast<double>(a.scale()) / twice_max));
  TFLD_ASSIGN_OR_RETURN(sum.multiplier_b, RequireMultiplier(context, static_cast<double>(b.scale()) / twice_max));
  // A converter writes next to no scale for an output that is always zero: any large multiplier does for it.
  const double real = twice_max / (unit * static_cast<double>(output.scale()));
  TFLD_ASSIGN_OR_RETURN(sum.multiplier,
                        RequireMultiplier(context, std::isfinite(real) ? std::min(real, 0x1p29) : real));
  return sum;
}

// 16-bit numbers whose scales are powers of two: one operand has the output's scale, the other one is shifted to it,
// and the sum saturates.
struct ShiftedSum {
  int shift_a, shift_b;
  Range<std::int32_t> range;

  template <typename Function>
  std::int16_t operator()(Function function, std::int16_t a, std::int16_t b) const {
    const std::int32_t sum = function(RoundingDivideByPot(a, shift_a), RoundingDivideByPot(b, shift_b));
    return static_cast<std::int16_t>(range.Clamp(std::clamp(sum, -32768, 32767)));
  }
};

std::optional<int> PowerOfTwo(float scale) {
  const float log = std::log2(scale);
  const float rounded = std::round(log);
  return std::abs(log - rounded) < 1e-3F ? std::optional<int>(static_cast<int>(rounded)) : std::nullopt;
}

// Nothing where the scales, or the model, do not ask for it.
Result<std::optional<ShiftedSum>> MakeShiftedSum(const OpContext& context, Range<std::int32_t> range) {
  using Found = std::optional<ShiftedSum>;
  if (!context.attributes<ElementwiseAttributes>().pot_scale_int16) return Found();
  const auto a = PowerOfTwo(context.Input(0).scale());
  const auto b = PowerOfTwo(context.Input(1).scale());
  const auto output = PowerOfTwo(context.Output(0).scale());
  if (!a || !b || !output) return Found();
  const ShiftedSum sum{.shift_a = *output - *a, .shift_b = *output - *b, .range = range};
  const auto in_range = [](int shift) { return shift >= 0 && shift < 32; };
  if ((sum.shift_a != 0 && sum.shift_b != 0) || !in_range(sum.shift_a) || !in_range(sum.shift_b)) {
    return context.Unsupported("the scales are powers of two, but none of the inputs has the output's");
  }
  return Found(sum);
}

// a * b of quantized numbers: the product of the differences to the zero points, requantized.
template <typename T>
Status EmitQuantizedProduct(PrepareContext& context, Range<std::int32_t> range) {
  const Value& a = context.Input(0);
  const Value& b = context.Input(1);
  const Value& output = context.Output(0);
  TFLD_ASSIGN_OR_RETURN(const QuantizedMultiplier by,
                        RequireMultiplier(context, static_cast<double>(a.scale() * b.scale() / output.scale())));
  return EmitBinary<T>(context, MulFunction::kName,
                       [za = a.zero_point(), zb = b.zero_point(), zero = output.zero_point(), by, range](T x, T y) {
                         const std::int64_t product = static_cast<std::int64_t>(x - za) * (y - zb);
                         return static_cast<T>(
                             AddAndClamp(Multiply(static_cast<std::int32_t>(product), by), zero, range.min, range.max));
                       });
}

template <typename T, typename Function>
Status PrepareQuantized(PrepareContext& context, Activation activation) {
  const Value& output = context.Output(0);
  TFLD_RETURN_IF_ERROR(RequireAllQuantized(context));
  TFLD_ASSIGN_OR_RETURN(const auto range, (QuantizedActivationRange<T>(context, activation, output)));
  if constexpr (std::is_same_v<Function, MulFunction>) {
    return EmitQuantizedProduct<T>(context, range);
  } else {
    if constexpr (std::is_same_v<T, std::int16_t>) {
      TFLD_ASSIGN_OR_RETURN(const auto shifted, MakeShiftedSum(context, range));
      if (shifted) {
        return EmitBinary<T>(context, Function::kName, [sum = *shifted](T a, T b) { return sum(Function{}, a, b); });
      }
    }
    TFLD_ASSIGN_OR_RETURN(const QuantizedSum sum, (MakeQuantizedSum<T>(context, range)));
    return EmitBinary<T>(context, Function::kName, [sum](T a, T b) { return static_cast<T>(sum(Function{}, a, b)); });
  }
}

// 16-bit integers may be quantized or not.
template <typename Function>
Status PrepareArithmetic(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  const Activation activation = context.attributes<ElementwiseAttributes>().activation;
  const bool quantized = !context.Output(0).quantization->empty();
  return DispatchType<float, std::int32_t, std::uint32_t, std::int64_t, std::int8_t, std::uint8_t, std::int16_t, Half,
                      Complex64>(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    if constexpr (kIsQuantized<T>) {
      if (sizeof(T) == 1 || quantized) return PrepareQuantized<T, Function>(context, activation);
    }
    if constexpr (std::is_same_v<T, Complex64>) {
      return EmitBinary<T>(context, Function::kName, Function{});
    } else {
      using Real = std::conditional_t<kIsHalf<T>, float, T>;
      TFLD_ASSIGN_OR_RETURN(Range<Real> range, RequireActivationRange<Real>(context, activation));
      if constexpr (kIsHalf<T>) range = {range.Clamp(-kGreatestHalf), range.Clamp(kGreatestHalf)};
      const auto function = [range](Real a, Real b) { return range.Clamp(Wrapping(Function{}, a, b)); };
      return EmitBinary<T>(context, Function::kName, [function](T a, T b) { return ApplyRounded<T>(function, a, b); });
    }
  });
}

// MAXIMUM and MINIMUM compare the stored numbers: converters give all three tensors the same quantization.
template <typename Function>
Status PrepareExtremum(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  return DispatchType<float, std::int32_t, std::int64_t, std::int8_t, std::uint8_t, std::int16_t, Half, BFloat16>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        return EmitBinary<T>(context, Function::kName, [](T a, T b) { return ApplyRounded<T>(Function{}, a, b); });
      });
}

}  // namespace

Status InferBinary(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Shape shape, BroadcastShape(context, context.Input(0).shape, context.Input(1).shape));
  return context.SetOutputShape(0, shape);
}

Status PrepareAdd(PrepareContext& context) { return PrepareArithmetic<AddFunction>(context); }
Status PrepareSub(PrepareContext& context) { return PrepareArithmetic<SubFunction>(context); }
Status PrepareMul(PrepareContext& context) { return PrepareArithmetic<MulFunction>(context); }
Status PrepareMaximum(PrepareContext& context) { return PrepareExtremum<MaximumFunction>(context); }
Status PrepareMinimum(PrepareContext& context) { return PrepareExtremum<MinimumFunction>(context); }

}  // namespace tfld::engine::reference
