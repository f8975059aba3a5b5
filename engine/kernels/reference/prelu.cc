// PRELU: x where x >= 0, else x * alpha; alpha broadcasts to the input's shape.
#include "engine/kernels/reference/broadcast.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/requantize.h"

namespace tfld::engine::reference {
namespace {

constexpr int kAlpha = 1;

struct QuantizedPrelu {
  std::int32_t input_zero_point, alpha_zero_point, output_zero_point;
  QuantizedMultiplier positive, negative;
  Range<std::int32_t> range;

  std::int32_t operator()(std::int32_t input, std::int32_t alpha) const {
    const std::int32_t x = input - input_zero_point;
    const std::int32_t scaled =
        x >= 0 ? Multiply(x, positive)
               : Multiply(static_cast<std::int32_t>(std::int64_t{x} * (alpha - alpha_zero_point)), negative);
    return AddAndClamp(scaled, output_zero_point, range.min, range.max);
  }
};

template <typename T>
Result<QuantizedPrelu> MakeQuantized(const OpContext& context) {
  const Value& input = context.Input(0);
  const Value& alpha = context.Input(kAlpha);
  const Value& output = context.Output(0);
  for (const Value* value : {&input, &alpha, &output}) TFLD_RETURN_IF_ERROR(context.RequireQuantized(*value));
  QuantizedPrelu prelu{.input_zero_point = input.zero_point(),
                       .alpha_zero_point = alpha.zero_point(),
                       .output_zero_point = output.zero_point(),
                       .positive = {},
                       .negative = {},
                       .range = {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()}};
  TFLD_ASSIGN_OR_RETURN(prelu.positive,
                        RequireMultiplier(context, static_cast<double>(input.scale() / output.scale())));
  TFLD_ASSIGN_OR_RETURN(
      prelu.negative, RequireMultiplier(context, static_cast<double>(input.scale() * alpha.scale() / output.scale())));
  return prelu;
}

template <typename T, typename Alpha, typename Function>
Status EmitPrelu(PrepareContext& context, Function function) {
  const Broadcast broadcast(context.Input(0).shape, context.Input(kAlpha).shape);
  return context.Emit("reference.prelu", [broadcast, function](const RunContext& run) -> Status {
    broadcast.Apply(run.Input<T>(0), run.Input<Alpha>(kAlpha), run.Output<T>(0), function);
    return {};
  });
}

}  // namespace

Status InferPrelu(InferContext& context) {
  const Shape& input = context.Input(0).shape;
  TFLD_ASSIGN_OR_RETURN(const Shape shape, BroadcastShape(context, input, context.Input(kAlpha).shape));
  if (!(shape == input)) {
    return context.Error(
        StrCat("alpha of shape ", context.Input(kAlpha).shape.ToString(), " does not fit to ", input.ToString()));
  }
  return context.SetOutputShape(0, shape);
}

// 16-bit inputs have an alpha of 8 bits, as other weights beside them, or one of 16.
Status PreparePrelu(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const bool wide = context.Input(0).type == ElementType::kInt16;
  if (!wide || context.Input(kAlpha).type != ElementType::kInt8) {
    TFLD_RETURN_IF_ERROR(context.RequireSameType(kAlpha, 0));
  }
  return DispatchType<float, std::int8_t, std::uint8_t, std::int16_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (kIsFloat<T>) {
          return EmitPrelu<T, T>(context, [](float x, float alpha) { return x >= 0 ? x : x * alpha; });
        } else {
          TFLD_ASSIGN_OR_RETURN(const QuantizedPrelu prelu, MakeQuantized<T>(context));
          return DispatchType<std::int8_t, std::uint8_t, std::int16_t>(
              context, context.Input(kAlpha).type, [&]<typename Alpha>(TypeTag<Alpha>) -> Status {
                return EmitPrelu<T, Alpha>(context,
                                           [prelu](T x, Alpha alpha) { return static_cast<T>(prelu(x, alpha)); });
              });
        }
      });
}

}  // namespace tfld::engine::reference
