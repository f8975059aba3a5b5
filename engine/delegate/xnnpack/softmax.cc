// SOFTMAX in float32 and uint8.
#include "engine/delegate/xnnpack/operators.h"
#include "engine/delegate/xnnpack/values.h"

namespace tfld::engine::xnnpack {
namespace {

constexpr float kUInt8OutputScale = 0x1.0p-8F;

Stage FloatStage(std::size_t rows, std::size_t channels) {
  return {
      .create = [](xnn_weights_cache_t, xnn_operator_t* op) { return xnn_create_softmax_nc_f32(0, op); },
      .reshape =
          [=](xnn_operator_t op, Workspace*, pthreadpool_t pool) {
            return xnn_reshape_softmax_nc_f32(op, channels, channels, channels, rows, pool);
          },
      .setup =
          [](xnn_operator_t op, const Buffers& b) {
            return xnn_setup_softmax_nc_f32(op, static_cast<const float*>(b.inputs[0]), static_cast<float*>(b.output));
          },
  };
}

Stage UInt8Stage(std::size_t rows, std::size_t channels, float input_scale) {
  return {
      .create = [=](xnn_weights_cache_t,
                    xnn_operator_t* op) { return xnn_create_softmax_nc_qu8(input_scale, 0, kUInt8OutputScale, 0, op); },
      .reshape =
          [=](xnn_operator_t op, Workspace*, pthreadpool_t pool) {
            return xnn_reshape_softmax_nc_qu8(op, channels, channels, channels, rows, pool);
          },
      .setup =
          [](xnn_operator_t op, const Buffers& b) {
            return xnn_setup_softmax_nc_qu8(op, static_cast<const std::uint8_t*>(b.inputs[0]),
                                            static_cast<std::uint8_t*>(b.output));
          },
  };
}

}  // namespace

Status PrepareSoftmax(PrepareContext& context) {
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  const float beta = context.attributes<SoftmaxAttributes>().beta;
  if (input.is_constant || input.type != output.type || input.shape.rank() == 0) return {};
  const auto channels = static_cast<std::size_t>(input.shape.dim(input.shape.rank() - 1));
  const std::size_t rows = static_cast<std::size_t>(input.shape.NumElements()) / channels;

  Recipe recipe;
  if (IsFloat(input) && beta == 1.0F) {
    recipe.name = "xnnpack.softmax_f32";
    recipe.stages.push_back(FloatStage(rows, channels));
  } else if (input.type == ElementType::kUInt8 && IsQuantized(input) && IsQuantized(output) &&
             output.scale() == kUInt8OutputScale && output.zero_point() == 0 && beta > 0) {
    recipe.name = "xnnpack.softmax_qu8";
    recipe.stages.push_back(UInt8Stage(rows, channels, input.scale() * beta));
  } else {
    return {};
  }
  return EmitOperator(context, std::move(recipe));
}

}  // namespace tfld::engine::xnnpack
