// ADD, SUB, MUL, MAXIMUM, MINIMUM: two operands that broadcast, and a fused activation for the first three.
#include <algorithm>
#include <type_traits>

#include "engine/kernels/reference/broadcast.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/requantize.h"

namespace tfld::engine::reference {
namespace {

Status RequireSameInputTypes(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  return context.RequireSameType(1, 0);
}

// Integers that are not quantized wrap.
template <typename Function, typename T>
T Wrapping(Function function, T a, T b) {
  if constexpr (kIsFloat<T>) {
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

// The sum or difference of two quantized numbers: both are brought to the scale 2 * max(scales) / 2^20 first, which
// leaves room for the sum. Source: TensorFlow Lite's 8-bit addition.
struct QuantizedSum {
  static constexpr int kLeftShift = 20;

  std::int32_t zero_point_a, zero_point_b, zero_point;
  QuantizedMultiplier multiplier_a, multiplier_b, multiplier;
  Range<std::int32_t> range;

  std::int32_t Scale(std::int32_t value, std::int32_t zero, QuantizedMultiplier by) const {
    return Multiply(WrappingShiftLeft(value - zero, kLeftShift), by);
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
  const double unit = static_cast<double>(1 << QuantizedSum::kLeftShift);
  QuantizedSum sum{.zero_point_a = a.zero_point(),
                   .zero_point_b = b.zero_point(),
                   .zero_point = output.zero_point(),
                   .multiplier_a = {},
                   .multiplier_b = {},
                   .multiplier = {},
                   .range = range};
  TFLD_ASSIGN_OR_RETURN(sum.multiplier_a, RequireMultiplier(context, static_cast<double>(a.scale()) / twice_max));
  TFLD_ASSIGN_OR_RETURN(sum.multiplier_b, RequireMultiplier(context, static_cast<double>(b.scale()) / twice_max));
  TFLD_ASSIGN_OR_RETURN(sum.multiplier,
                        RequireMultiplier(context, twice_max / (unit * static_cast<double>(output.scale()))));
  return sum;
}

template <typename T, typename Function>
Status EmitElementwise(PrepareContext& context, std::string_view name, Function function) {
  const Broadcast broadcast(context.Input(0).shape, context.Input(1).shape);
  return context.Emit(name, [broadcast, function](const RunContext& run) -> Status {
    broadcast.Apply(run.Input<T>(0), run.Input<T>(1), run.Output<T>(0), function);
    return {};
  });
}

// a * b of quantized numbers: the product of the differences to the zero points, requantized.
template <typename T>
Status EmitQuantizedProduct(PrepareContext& context, Range<std::int32_t> range) {
  const Value& a = context.Input(0);
  const Value& b = context.Input(1);
  const Value& output = context.Output(0);
  TFLD_ASSIGN_OR_RETURN(const QuantizedMultiplier by,
                        RequireMultiplier(context, static_cast<double>(a.scale() * b.scale() / output.scale())));
  return EmitElementwise<T>(
      context, MulFunction::kName,
      [za = a.zero_point(), zb = b.zero_point(), zero = output.zero_point(), by, range](T x, T y) {
        return static_cast<T>(AddAndClamp(Multiply((x - za) * (y - zb), by), zero, range.min, range.max));
      });
}

template <typename T, typename Function>
Status PrepareQuantized(PrepareContext& context, Activation activation) {
  const Value& output = context.Output(0);
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(context.Input(0)));
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(context.Input(1)));
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(output));
  TFLD_ASSIGN_OR_RETURN(const auto range, (QuantizedActivationRange<T>(context, activation, output)));
  if constexpr (std::is_same_v<Function, MulFunction>) {
    return EmitQuantizedProduct<T>(context, range);
  } else {
    TFLD_ASSIGN_OR_RETURN(const QuantizedSum sum, (MakeQuantizedSum<T>(context, range)));
    return EmitElementwise<T>(context, Function::kName,
                              [sum](T a, T b) { return static_cast<T>(sum(Function{}, a, b)); });
  }
}

template <typename Function>
Status PrepareArithmetic(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireSameInputTypes(context));
  const Activation activation = context.attributes<ElementwiseAttributes>().activation;
  return DispatchType<float, std::int32_t, std::int64_t, std::int8_t, std::uint8_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (kIsQuantized<T>) {
          return PrepareQuantized<T, Function>(context, activation);
        } else {
          TFLD_ASSIGN_OR_RETURN(const Range<T> range, RequireActivationRange<T>(context, activation));
          return EmitElementwise<T>(context, Function::kName,
                                    [range](T a, T b) { return range.Clamp(Wrapping(Function{}, a, b)); });
        }
      });
}

// MAXIMUM and MINIMUM compare the stored numbers: converters give all three tensors the same quantization.
template <typename Function>
Status PrepareExtremum(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireSameInputTypes(context));
  return DispatchType<float, std::int32_t, std::int64_t, std::int8_t, std::uint8_t, std::int16_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        return EmitElementwise<T>(context, Function::kName, [](T a, T b) { return Function{}(a, b); });
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
