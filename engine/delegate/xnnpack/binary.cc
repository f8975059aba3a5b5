// Elementwise operators of two inputs, with broadcasting. Either input may be a constant.
#include <cmath>

#include "engine/delegate/xnnpack/operators.h"
#include "engine/delegate/xnnpack/unary.h"

namespace tfld::engine::xnnpack {
namespace {

bool IsBetween(float value, float low, float high) { return value >= low && value < high; }

// The ranges of the library's fixed-point multipliers, which it asserts.
bool CanRequantize(xnn_binary_operator type, const Value& a, const Value& b, const Value& output) {
  switch (type) {
    case xnn_binary_add:
    case xnn_binary_subtract:
      return IsBetween(a.scale() / output.scale(), 0x1.0p-10F, 0x1.0p+8F) &&
             IsBetween(b.scale() / output.scale(), 0x1.0p-10F, 0x1.0p+8F);
    case xnn_binary_multiply: return IsBetween(a.scale() * b.scale() / output.scale(), 0x1.0p-16F, 0x1.0p+8F);
    default: return false;  // in eight bits the others are plain loops
  }
}

bool CanCompute(xnn_binary_operator type, const Value& a, const Value& b, const Value& output) {
  if (IsFloat(a) && IsFloat(b) && IsFloat(output)) return true;
  return a.type == b.type && a.type == output.type && IsQuantized(a) && IsQuantized(b) && IsQuantized(output) &&
         CanRequantize(type, a, b, output);
}

// A constant input becomes a copy with slack behind it. False when memory is out.
bool TakeInput(const PrepareContext& context, std::size_t position, Recipe& recipe) {
  recipe.inputs[position] = static_cast<int>(position);
  const Value& value = context.Input(static_cast<int>(position));
  if (!value.is_constant) return true;
  recipe.constants[position] = CopyWithSlack(value);
  recipe.constant_bytes += value.data.size();
  return recipe.constants[position] != nullptr;
}

Stage BinaryStage(xnn_binary_operator type, const Value& a, const Value& b, const Value& output) {
  const xnn_datatype data_type = DataType(output);
  const std::array quantization = {QuantizationParams(a), QuantizationParams(b), QuantizationParams(output)};
  return {
      .create =
          [=](xnn_weights_cache_t, xnn_operator_t* op) {
            return xnn_create_binary_elementwise_nd(type, data_type, &quantization[0], &quantization[1],
                                                    &quantization[2], 0, op);
          },
      .reshape =
          [a_dims = Dims(a.shape), b_dims = Dims(b.shape)](xnn_operator_t op, Workspace*, pthreadpool_t pool) {
            return xnn_reshape_binary_elementwise_nd(op, a_dims.size(), a_dims.data(), b_dims.size(), b_dims.data(),
                                                     pool);
          },
      .setup =
          [](xnn_operator_t op, const Buffers& buffers) {
            return xnn_setup_binary_elementwise_nd(op, buffers.inputs[0], buffers.inputs[1], buffers.output);
          },
  };
}

Status EmitBinary(PrepareContext& context, std::string_view name, xnn_binary_operator type,
                  Activation activation = Activation::kNone) {
  const Value& a = context.Input(0);
  const Value& b = context.Input(1);
  const Value& output = context.Output(0);
  if ((a.is_constant && b.is_constant) || !CanCompute(type, a, b, output) || !FloatRange(activation)) return {};
  Recipe recipe;
  recipe.name = name;
  if (!TakeInput(context, 0, recipe) || !TakeInput(context, 1, recipe)) {
    return ResourceExhausted("out of memory for a constant");
  }
  recipe.stages.push_back(BinaryStage(type, a, b, output));
  if (auto clamp = ClampStage(activation, output)) recipe.stages.push_back(std::move(*clamp));
  return EmitOperator(context, std::move(recipe));
}

Status EmitArithmetic(PrepareContext& context, std::string_view name, xnn_binary_operator type) {
  return EmitBinary(context, name, type, context.attributes<ElementwiseAttributes>().activation);
}

}  // namespace

Status PrepareAdd(PrepareContext& context) { return EmitArithmetic(context, "xnnpack.add", xnn_binary_add); }

Status PrepareSub(PrepareContext& context) { return EmitArithmetic(context, "xnnpack.sub", xnn_binary_subtract); }

Status PrepareMul(PrepareContext& context) { return EmitArithmetic(context, "xnnpack.mul", xnn_binary_multiply); }

Status PrepareMaximum(PrepareContext& context) { return EmitBinary(context, "xnnpack.maximum", xnn_binary_maximum); }

Status PrepareMinimum(PrepareContext& context) { return EmitBinary(context, "xnnpack.minimum", xnn_binary_minimum); }

Status PreparePrelu(PrepareContext& context) { return EmitBinary(context, "xnnpack.prelu", xnn_binary_prelu); }

}  // namespace tfld::engine::xnnpack
