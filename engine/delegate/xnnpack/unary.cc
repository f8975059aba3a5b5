// Activations as operators, QUANTIZE and DEQUANTIZE.
#include "engine/delegate/xnnpack/unary.h"

#include <cmath>
#include <limits>

#include "engine/delegate/xnnpack/operators.h"

namespace tfld::engine::xnnpack {
namespace {

constexpr xnn_unary_params kNoParams{};

bool IsUsable(const Value& value) { return IsFloat(value) || IsQuantized(value); }

bool IsElementwise(const PrepareContext& context) {
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  return !input.is_constant && IsUsable(input) && IsUsable(output) &&
         input.shape.NumElements() == output.shape.NumElements();
}

Status EmitUnary(PrepareContext& context, std::string_view name, xnn_unary_operator type,
                 const xnn_unary_params& params) {
  Recipe recipe;
  recipe.name = name;
  recipe.stages.push_back(UnaryStage(type, params, context.Input(0), context.Output(0)));
  return EmitOperator(context, std::move(recipe));
}

// A function of one element: float to float, or eight bits to the same eight bits through a table.
Status EmitFunction(PrepareContext& context, std::string_view name, xnn_unary_operator type,
                    const xnn_unary_params& params = kNoParams) {
  if (!IsElementwise(context) || context.Input(0).type != context.Output(0).type) return {};
  return EmitUnary(context, name, type, params);
}

xnn_unary_params ClampParams(Range<float> range) {
  xnn_unary_params params{};
  params.clamp.min = range.min;
  params.clamp.max = range.max;
  return params;
}

Status EmitClamp(PrepareContext& context, Activation activation) {
  return EmitFunction(context, "xnnpack.clamp", xnn_unary_clamp, ClampParams(*FloatRange(activation)));
}

}  // namespace

Stage UnaryStage(xnn_unary_operator type, const xnn_unary_params& params, const Value& input, const Value& output) {
  const auto count = static_cast<std::size_t>(output.shape.NumElements());
  const xnn_datatype from = DataType(input);
  const xnn_datatype to = DataType(output);
  const xnn_quantization_params from_params = QuantizationParams(input);
  const xnn_quantization_params to_params = QuantizationParams(output);
  return {
      .create =
          [=](xnn_weights_cache_t, xnn_operator_t* op) {
            return xnn_create_unary_elementwise_nc(type, from, to, &params, &from_params, &to_params, 0, op);
          },
      .reshape = [=](xnn_operator_t op, Workspace*,
                     pthreadpool_t pool) { return xnn_reshape_unary_elementwise_nc(op, 1, count, count, count, pool); },
      .setup = [](xnn_operator_t op,
                  const Buffers& b) { return xnn_setup_unary_elementwise_nc(op, b.inputs[0], b.output); },
  };
}

std::optional<Stage> ClampStage(Activation activation, const Value& output) {
  if (IsFloat(output)) {
    if (activation == Activation::kNone) return std::nullopt;
    return UnaryStage(xnn_unary_clamp, ClampParams(*FloatRange(activation)), output, output);
  }
  const Range<std::int32_t> range = *QuantizedRange(activation, output);
  const Range<std::int32_t> type = TypeRange(output.type);
  if (range.min == type.min && range.max == type.max) return std::nullopt;
  const auto real = [&](std::int32_t value) {
    return static_cast<float>(value - output.zero_point()) * output.scale();
  };
  return UnaryStage(xnn_unary_clamp, ClampParams({real(range.min), real(range.max)}), output, output);
}

Status PrepareRelu(PrepareContext& context) { return EmitClamp(context, Activation::kRelu); }

Status PrepareReluN1To1(PrepareContext& context) { return EmitClamp(context, Activation::kReluN1To1); }

Status PrepareRelu6(PrepareContext& context) { return EmitClamp(context, Activation::kRelu6); }

Status PrepareLogistic(PrepareContext& context) { return EmitFunction(context, "xnnpack.logistic", xnn_unary_sigmoid); }

Status PrepareTanh(PrepareContext& context) { return EmitFunction(context, "xnnpack.tanh", xnn_unary_tanh); }

Status PrepareHardSwish(PrepareContext& context) {
  return EmitFunction(context, "xnnpack.hard_swish", xnn_unary_hardswish);
}

Status PrepareLeakyRelu(PrepareContext& context) {
  const float alpha = context.attributes<LeakyReluAttributes>().alpha;
  if (!std::isfinite(alpha)) return {};
  if (!IsFloat(context.Input(0))) {
    // The ranges of the fixed-point multipliers, which the library asserts.
    const float positive = context.Input(0).scale() / context.Output(0).scale();
    const float negative = positive * alpha;
    if (!(positive >= 0x1.0p-8F && positive <= 0x1.0p+7F)) return {};
    if (!(std::abs(negative) >= 0x1.0p-8F && std::abs(negative) < 0x1.0p+6F)) return {};
  }
  xnn_unary_params params{};
  params.leaky_relu.negative_slope = alpha;
  return EmitFunction(context, "xnnpack.leaky_relu", xnn_unary_leaky_relu, params);
}

Status PrepareConvert(PrepareContext& context) {
  if (!IsElementwise(context)) return {};
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  if (IsFloat(input) && IsFloat(output)) return {};
  if (input.type != output.type) return EmitUnary(context, "xnnpack.convert", xnn_unary_convert, kNoParams);
  // Between two scales of one type its conversion multiplies by eight fractional bits; a clamp that cuts nothing goes
  // through a table made in float.
  return EmitClamp(context, Activation::kNone);
}

}  // namespace tfld::engine::xnnpack
