// RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1, LOGISTIC, TANH: one function of each element.
#include <cmath>
#include <limits>

#include "engine/kernels/reference/elementwise.h"
#include "engine/kernels/reference/half.h"
#include "engine/kernels/reference/lookup_table.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/sigmoid_16.h"

namespace tfld::engine::reference {
namespace {

Status PrepareClamp(PrepareContext& context, std::string_view name, float min, float max) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  return DispatchType<float, std::int8_t, std::uint8_t, std::int16_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (kIsFloat<T>) {
          return EmitUnary<float>(context, name, [range = Range<float>{min, max}](float x) { return range.Clamp(x); });
        } else {
          const Value& input = context.Input(0);
          const Value& output = context.Output(0);
          TFLD_RETURN_IF_ERROR(RequireAllQuantized(context));
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

// In float, by tables in 8 bits, and in fixed point in 16 bits.
Status PrepareFunction(PrepareContext& context, std::string_view name, float (*function)(float),
                       float (*function_for_table)(float), int greatest_shift,
                       std::int16_t (Sigmoid16::*function16)(std::int16_t) const) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  return DispatchType<float, Half, std::int8_t, std::uint8_t, std::int16_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (!kIsQuantized<T>) {
          return EmitUnary<T>(context, name, [function](T x) { return ApplyRounded<T>(function, x); });
        } else if constexpr (sizeof(T) == 1) {
          TFLD_RETURN_IF_ERROR(RequireAllQuantized(context));
          return EmitUnary<T>(context, name, LookupTable<T>(context.Input(0), context.Output(0), function_for_table));
        } else {
          TFLD_RETURN_IF_ERROR(CheckSigmoid16(context));
          const Sigmoid16 sigmoid(context.Input(0).scale(), greatest_shift);
          return EmitUnary<T>(context, name, [sigmoid, function16](T x) { return (sigmoid.*function16)(x); });
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
  return PrepareFunction(context, "reference.logistic", Logistic, LogisticForTable, 0, &Sigmoid16::Logistic);
}

Status PrepareTanh(PrepareContext& context) {
  return PrepareFunction(context, "reference.tanh", Tanh, Tanh, 1, &Sigmoid16::Tanh);
}

}  // namespace tfld::engine::reference
