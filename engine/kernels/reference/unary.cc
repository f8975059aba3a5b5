// RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1, LOGISTIC, TANH: one function of each element.
#include <array>
#include <cmath>
#include <limits>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/requantize.h"

namespace tfld::engine::reference {
namespace {

template <typename T, typename Function>
Status EmitUnary(PrepareContext& context, std::string_view name, Function function) {
  const std::int64_t count = context.Input(0).shape.NumElements();
  return context.Emit(name, [count, function](const RunContext& run) -> Status {
    const T* input = run.Input<T>(0);
    T* output = run.Output<T>(0);
    for (std::int64_t i = 0; i < count; ++i) output[i] = function(input[i]);
    return {};
  });
}

Status PrepareClamp(PrepareContext& context, std::string_view name, float min, float max) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  return DispatchType<float, std::int8_t, std::uint8_t, std::int16_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (kIsFloat<T>) {
          return EmitUnary<float>(context, name, [range = Range<float>{min, max}](float x) { return range.Clamp(x); });
        } else {
          const Value& input = context.Input(0);
          const Value& output = context.Output(0);
          TFLD_RETURN_IF_ERROR(context.RequireQuantized(input));
          TFLD_RETURN_IF_ERROR(context.RequireQuantized(output));
          Requantization requantize{.input_zero_point = input.zero_point(),
                                    .output_zero_point = output.zero_point(),
                                    .multiplier = {},
                                    .range = QuantizedRange<T>({min, max}, output)};
          TFLD_ASSIGN_OR_RETURN(requantize.multiplier,
                                RequireMultiplier(context, static_cast<double>(input.scale() / output.scale())));
          return EmitUnary<T>(context, name, [requantize](T x) { return static_cast<T>(requantize(x)); });
        }
      });
}

// Below the lower bound 1 + exp(-x) is exp(-x), above the upper one it is 1, as far as a float can tell.
float Logistic(float x) {
  constexpr float kUpper = 16.619047164916992188F;
  constexpr float kLower = -9.0F;
  if (x > kUpper) return 1.0F;
  if (x < kLower) return std::exp(x);
  return 1.0F / (1.0F + std::exp(-x));
}

float LogisticForTable(float x) { return 1.0F / (1.0F + std::exp(-x)); }
float Tanh(float x) { return std::tanh(x); }

// An 8-bit function has 256 values: they are computed in float once.
template <typename T>
std::array<T, 256> MakeTable(const Value& input, const Value& output, float (*function)(float)) {
  std::array<T, 256> table{};
  const float inverse_scale = 1.0F / output.scale();
  for (std::int32_t value = std::numeric_limits<T>::min(); value <= std::numeric_limits<T>::max(); ++value) {
    const float real = function(input.scale() * static_cast<float>(value - input.zero_point()));
    const float rounded = std::round(real * inverse_scale) + static_cast<float>(output.zero_point());
    const float clamped = std::clamp(rounded, static_cast<float>(std::numeric_limits<T>::min()),
                                     static_cast<float>(std::numeric_limits<T>::max()));
    table[static_cast<std::uint8_t>(value)] = static_cast<T>(clamped);
  }
  return table;
}

Status PrepareFunction(PrepareContext& context, std::string_view name, float (*function)(float),
                       float (*function_for_table)(float)) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  return DispatchType<float, std::int8_t, std::uint8_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (kIsFloat<T>) {
          return EmitUnary<float>(context, name, function);
        } else {
          TFLD_RETURN_IF_ERROR(context.RequireQuantized(context.Input(0)));
          TFLD_RETURN_IF_ERROR(context.RequireQuantized(context.Output(0)));
          const auto table = MakeTable<T>(context.Input(0), context.Output(0), function_for_table);
          return EmitUnary<T>(context, name, [table](T x) { return table[static_cast<std::uint8_t>(x)]; });
        }
      });
}

constexpr float kInfinity = std::numeric_limits<float>::infinity();

}  // namespace

Status InferSameShape(InferContext& context) { return context.SetOutputShape(0, context.Input(0).shape); }

Status PrepareRelu(PrepareContext& context) { return PrepareClamp(context, "reference.relu", 0, kInfinity); }
Status PrepareRelu6(PrepareContext& context) { return PrepareClamp(context, "reference.relu6", 0, 6); }
Status PrepareReluN1To1(PrepareContext& context) { return PrepareClamp(context, "reference.relu_n1_to_1", -1, 1); }
Status PrepareRelu0To1(PrepareContext& context) { return PrepareClamp(context, "reference.relu_0_to_1", 0, 1); }

Status PrepareLogistic(PrepareContext& context) {
  return PrepareFunction(context, "reference.logistic", Logistic, LogisticForTable);
}

Status PrepareTanh(PrepareContext& context) { return PrepareFunction(context, "reference.tanh", Tanh, Tanh); }

}  // namespace tfld::engine::reference
