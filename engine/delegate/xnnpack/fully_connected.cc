// FULLY_CONNECTED with constant weights.
#include "engine/delegate/xnnpack/operators.h"
#include "engine/delegate/xnnpack/weights.h"

namespace tfld::engine::xnnpack {
namespace {

struct FullyConnected {
  std::size_t batch = 0, inputs = 0, outputs = 0;
  Weights weights;
};

xnn_status CreateFloat(const FullyConnected& f, xnn_weights_cache_t cache, xnn_operator_t* op) {
  const Weights& w = f.weights;
  return xnn_create_fully_connected_nc_f32(f.inputs, f.outputs, f.inputs, f.outputs, static_cast<const float*>(w.data),
                                           static_cast<const float*>(w.bias), w.float_range.min, w.float_range.max, 0,
                                           nullptr, cache, op);
}

xnn_status CreateInt8(const FullyConnected& f, xnn_weights_cache_t cache, xnn_operator_t* op) {
  const Weights& w = f.weights;
  return xnn_create_fully_connected_nc_qs8_qc8w(
      f.inputs, f.outputs, f.inputs, f.outputs, static_cast<std::int8_t>(w.input.zero_point), w.input.scale,
      w.scales.data(), static_cast<const std::int8_t*>(w.data), static_cast<const std::int32_t*>(w.bias),
      static_cast<std::int8_t>(w.output.zero_point), w.output.scale, static_cast<std::int8_t>(w.range.min),
      static_cast<std::int8_t>(w.range.max), 0, nullptr, cache, op);
}

xnn_status CreateUInt8(const FullyConnected& f, xnn_weights_cache_t cache, xnn_operator_t* op) {
  const Weights& w = f.weights;
  return xnn_create_fully_connected_nc_qu8(
      f.inputs, f.outputs, f.inputs, f.outputs, static_cast<std::uint8_t>(w.input.zero_point), w.input.scale,
      w.zero_point, w.scales[0], static_cast<const std::uint8_t*>(w.data), static_cast<const std::int32_t*>(w.bias),
      static_cast<std::uint8_t>(w.output.zero_point), w.output.scale, static_cast<std::uint8_t>(w.range.min),
      static_cast<std::uint8_t>(w.range.max), 0, nullptr, cache, op);
}

struct Functions {
  xnn_status (*create)(const FullyConnected&, xnn_weights_cache_t, xnn_operator_t*);
  decltype(&xnn_reshape_fully_connected_nc_f32) reshape;
  xnn_status (*setup)(xnn_operator_t, const Buffers&);
  std::string_view name;
};

Functions FunctionsFor(WeightsKind kind) {
  switch (kind) {
    case WeightsKind::kFloat: break;
    case WeightsKind::kInt8Channels:
      return {CreateInt8, xnn_reshape_fully_connected_nc_qs8_qc8w,
              [](xnn_operator_t op, const Buffers& b) {
                return xnn_setup_fully_connected_nc_qs8_qc8w(op, static_cast<const std::int8_t*>(b.inputs[0]),
                                                             static_cast<std::int8_t*>(b.output));
              },
              "xnnpack.fully_connected_qs8_qc8w"};
    case WeightsKind::kUInt8:
      return {CreateUInt8, xnn_reshape_fully_connected_nc_qu8,
              [](xnn_operator_t op, const Buffers& b) {
                return xnn_setup_fully_connected_nc_qu8(op, static_cast<const std::uint8_t*>(b.inputs[0]),
                                                        static_cast<std::uint8_t*>(b.output));
              },
              "xnnpack.fully_connected_qu8"};
  }
  return {CreateFloat, xnn_reshape_fully_connected_nc_f32,
          [](xnn_operator_t op, const Buffers& b) {
            return xnn_setup_fully_connected_nc_f32(op, static_cast<const float*>(b.inputs[0]),
                                                    static_cast<float*>(b.output));
          },
          "xnnpack.fully_connected_f32"};
}

}  // namespace

Status PrepareFullyConnected(PrepareContext& context) {
  const auto& attributes = context.attributes<FullyConnectedAttributes>();
  const Shape& filter = context.Input(1).shape;  // [outputs, inputs]
  if (attributes.shuffled_weights || filter.rank() != 2 || filter.dim(1) == 0 || context.num_outputs() != 1) return {};
  auto weights = FindWeights(context, attributes.activation, filter.dim(0));
  if (!weights) return {};

  const auto shared = std::make_shared<FullyConnected>();
  shared->inputs = static_cast<std::size_t>(filter.dim(1));
  shared->outputs = static_cast<std::size_t>(filter.dim(0));
  shared->batch = static_cast<std::size_t>(context.Input(0).shape.NumElements()) / shared->inputs;
  shared->weights = std::move(*weights);
  const auto output_elements = static_cast<std::size_t>(context.Output(0).shape.NumElements());
  if (output_elements != shared->batch * shared->outputs) return {};

  const Functions functions = FunctionsFor(shared->weights.kind);
  Recipe recipe;
  recipe.name = functions.name;
  recipe.weights = FindPackedWeights(shared->weights.Key().Add(shared->inputs).Add(shared->outputs));
  recipe.stages.push_back({
      .create = [functions, shared](xnn_weights_cache_t cache,
                                    xnn_operator_t* op) { return functions.create(*shared, cache, op); },
      .reshape = [functions, shared](xnn_operator_t op, Workspace*,
                                     pthreadpool_t pool) { return functions.reshape(op, shared->batch, pool); },
      .setup = functions.setup,
  });
  return EmitOperator(context, std::move(recipe));
}

}  // namespace tfld::engine::xnnpack
