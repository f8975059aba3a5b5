// CONV_2D and DEPTHWISE_CONV_2D, with groups, strides, dilations and any depth multiplier.
#include "engine/delegate/xnnpack/operators.h"
#include "engine/delegate/xnnpack/weights.h"

namespace tfld::engine::xnnpack {
namespace {

// The geometry of a convolution as XNNPACK counts it.
struct Convolution {
  Padding1d vertical, horizontal;
  std::uint32_t kernel_h = 1, kernel_w = 1;
  std::uint32_t stride_h = 1, stride_w = 1;
  std::uint32_t dilation_h = 1, dilation_w = 1;
  std::uint32_t groups = 1;
  std::size_t group_inputs = 1, group_outputs = 1;
  std::uint32_t flags = 0;
  std::size_t batch = 0, input_h = 0, input_w = 0, output_h = 0, output_w = 0;
  Weights weights;

  std::size_t inputs() const { return groups * group_inputs; }
  std::size_t outputs() const { return groups * group_outputs; }
};

xnn_status CreateFloat(const Convolution& c, xnn_weights_cache_t cache, xnn_operator_t* op) {
  const Weights& w = c.weights;
  return xnn_create_convolution2d_nhwc_f32(c.vertical.before, c.horizontal.after, c.vertical.after, c.horizontal.before,
                                           c.kernel_h, c.kernel_w, c.stride_h, c.stride_w, c.dilation_h, c.dilation_w,
                                           c.groups, c.group_inputs, c.group_outputs, c.inputs(), c.outputs(),
                                           static_cast<const float*>(w.data), static_cast<const float*>(w.bias),
                                           w.float_range.min, w.float_range.max, c.flags, nullptr, cache, op);
}

xnn_status CreateInt8(const Convolution& c, xnn_weights_cache_t cache, xnn_operator_t* op) {
  const Weights& w = c.weights;
  return xnn_create_convolution2d_nhwc_qs8_qc8w(
      c.vertical.before, c.horizontal.after, c.vertical.after, c.horizontal.before, c.kernel_h, c.kernel_w, c.stride_h,
      c.stride_w, c.dilation_h, c.dilation_w, c.groups, c.group_inputs, c.group_outputs, c.inputs(), c.outputs(),
      static_cast<std::int8_t>(w.input.zero_point), w.input.scale, w.scales.data(),
      static_cast<const std::int8_t*>(w.data), static_cast<const std::int32_t*>(w.bias),
      static_cast<std::int8_t>(w.output.zero_point), w.output.scale, static_cast<std::int8_t>(w.range.min),
      static_cast<std::int8_t>(w.range.max), c.flags, nullptr, cache, op);
}

xnn_status CreateUInt8(const Convolution& c, xnn_weights_cache_t cache, xnn_operator_t* op) {
  const Weights& w = c.weights;
  return xnn_create_convolution2d_nhwc_qu8(
      c.vertical.before, c.horizontal.after, c.vertical.after, c.horizontal.before, c.kernel_h, c.kernel_w, c.stride_h,
      c.stride_w, c.dilation_h, c.dilation_w, c.groups, c.group_inputs, c.group_outputs, c.inputs(), c.outputs(),
      static_cast<std::uint8_t>(w.input.zero_point), w.input.scale, w.zero_point, w.scales[0],
      static_cast<const std::uint8_t*>(w.data), static_cast<const std::int32_t*>(w.bias),
      static_cast<std::uint8_t>(w.output.zero_point), w.output.scale, static_cast<std::uint8_t>(w.range.min),
      static_cast<std::uint8_t>(w.range.max), c.flags, nullptr, cache, op);
}

// The functions of the three kinds differ in nothing but their names and types.
struct Functions {
  xnn_status (*create)(const Convolution&, xnn_weights_cache_t, xnn_operator_t*);
  decltype(&xnn_reshape_convolution2d_nhwc_f32) reshape;
  xnn_status (*setup)(xnn_operator_t, const Buffers&);
  std::string_view name;
  std::string_view depthwise_name;
};

Functions FunctionsFor(WeightsKind kind) {
  switch (kind) {
    case WeightsKind::kFloat: break;
    case WeightsKind::kInt8Channels:
      return {CreateInt8, xnn_reshape_convolution2d_nhwc_qs8_qc8w,
              [](xnn_operator_t op, const Buffers& b) {
                return xnn_setup_convolution2d_nhwc_qs8_qc8w(
                    op, b.workspace, static_cast<const std::int8_t*>(b.inputs[0]), static_cast<std::int8_t*>(b.output));
              },
              "xnnpack.conv2d_qs8_qc8w", "xnnpack.depthwise_conv2d_qs8_qc8w"};
    case WeightsKind::kUInt8:
      return {CreateUInt8, xnn_reshape_convolution2d_nhwc_qu8,
              [](xnn_operator_t op, const Buffers& b) {
                return xnn_setup_convolution2d_nhwc_qu8(op, b.workspace, static_cast<const std::uint8_t*>(b.inputs[0]),
                                                        static_cast<std::uint8_t*>(b.output));
              },
              "xnnpack.conv2d_qu8", "xnnpack.depthwise_conv2d_qu8"};
  }
  return {CreateFloat, xnn_reshape_convolution2d_nhwc_f32,
          [](xnn_operator_t op, const Buffers& b) {
            return xnn_setup_convolution2d_nhwc_f32(op, b.workspace, static_cast<const float*>(b.inputs[0]),
                                                    static_cast<float*>(b.output));
          },
          "xnnpack.conv2d_f32", "xnnpack.depthwise_conv2d_f32"};
}

WeightsKey Key(const Convolution& c) {
  WeightsKey key = c.weights.Key();
  return key.Add(c.kernel_h)
      .Add(c.kernel_w)
      .Add(c.stride_h)
      .Add(c.stride_w)
      .Add(c.groups)
      .Add(c.group_inputs)
      .Add(c.group_outputs)
      .Add(c.flags)
      .Add(c.vertical)
      .Add(c.horizontal);
}

bool TableFits(const PrepareContext& context, const Convolution& c, bool is_depthwise) {
  // Only where it is depthwise, windows share columns.
  const std::uint32_t step_w = is_depthwise ? c.stride_w : c.kernel_w;
  return xnnpack::TableFits(context, {c.output_h, c.kernel_h, c.stride_h, c.dilation_h, c.vertical},
                            {c.output_w, c.kernel_w, step_w, c.dilation_w, c.horizontal});
}

Status Emit(PrepareContext& context, Convolution convolution) {
  const Functions functions = FunctionsFor(convolution.weights.kind);
  const bool is_depthwise = (convolution.flags & XNN_FLAG_DEPTHWISE_CONVOLUTION) != 0;
  if (!TableFits(context, convolution, is_depthwise)) return {};
  Recipe recipe;
  recipe.name = is_depthwise ? functions.depthwise_name : functions.name;
  recipe.weights = FindPackedWeights(Key(convolution));
  const auto shared = std::make_shared<const Convolution>(std::move(convolution));
  recipe.stages.push_back({
      .create = [functions, shared](xnn_weights_cache_t cache,
                                    xnn_operator_t* op) { return functions.create(*shared, cache, op); },
      .reshape =
          [functions, shared](xnn_operator_t op, Workspace* workspace, pthreadpool_t pool) {
            std::size_t height = 0;
            std::size_t width = 0;
            const xnn_status status =
                functions.reshape(op, shared->batch, shared->input_h, shared->input_w, &workspace->bytes,
                                  &workspace->alignment, &height, &width, pool);
            if (status != xnn_status_success) return status;
            const bool fits = height == shared->output_h && width == shared->output_w;
            return fits ? xnn_status_success : xnn_status_unsupported_parameter;
          },
      .setup = functions.setup,
  });
  return EmitOperator(context, std::move(recipe));
}

// What both operators have in common; `filter` is [?, height, width, ?].
template <typename Attributes>
Convolution Describe(const PrepareContext& context, const Attributes& attributes) {
  const Shape& input = context.Input(0).shape;
  const Shape& filter = context.Input(1).shape;
  const Shape& output = context.Output(0).shape;
  const auto size = [](int value) { return static_cast<std::uint32_t>(value); };
  Convolution c;
  c.kernel_h = size(filter.dim(1));
  c.kernel_w = size(filter.dim(2));
  c.stride_h = size(attributes.stride_h);
  c.stride_w = size(attributes.stride_w);
  c.dilation_h = size(attributes.dilation_h);
  c.dilation_w = size(attributes.dilation_w);
  c.vertical =
      ComputePadding(attributes.padding, input.dim(1), filter.dim(1), attributes.stride_h, attributes.dilation_h);
  c.horizontal =
      ComputePadding(attributes.padding, input.dim(2), filter.dim(2), attributes.stride_w, attributes.dilation_w);
  c.batch = size(input.dim(0));
  c.input_h = size(input.dim(1));
  c.input_w = size(input.dim(2));
  c.output_h = size(output.dim(1));
  c.output_w = size(output.dim(2));
  return c;
}

bool HasRankFour(const PrepareContext& context) {
  return context.Input(0).shape.rank() == 4 && context.Input(1).shape.rank() == 4 &&
         context.Output(0).shape.rank() == 4;
}

}  // namespace

Status PrepareConv2d(PrepareContext& context) {
  if (!HasRankFour(context)) return {};
  const auto& attributes = context.attributes<Conv2dAttributes>();
  const Shape& filter = context.Input(1).shape;  // [outputs, height, width, inputs of a group]
  const int channels = context.Input(0).shape.dim(3);
  const int groups = channels / filter.dim(3);
  if (groups == 0 || channels % filter.dim(3) != 0 || filter.dim(0) % groups != 0) return {};
  auto weights = FindWeights(context, attributes.activation, filter.dim(0));
  if (!weights) return {};
  Convolution convolution = Describe(context, attributes);
  convolution.groups = static_cast<std::uint32_t>(groups);
  convolution.group_inputs = static_cast<std::size_t>(filter.dim(3));
  convolution.group_outputs = static_cast<std::size_t>(filter.dim(0) / groups);
  convolution.weights = std::move(*weights);
  return Emit(context, std::move(convolution));
}

Status PrepareDepthwiseConv2d(PrepareContext& context) {
  if (!HasRankFour(context)) return {};
  const auto& attributes = context.attributes<DepthwiseConv2dAttributes>();
  const Shape& filter = context.Input(1).shape;  // [1, height, width, outputs]
  const int channels = context.Input(0).shape.dim(3);
  if (filter.dim(0) != 1 || filter.dim(3) % channels != 0) return {};
  auto weights = FindWeights(context, attributes.activation, filter.dim(3));
  if (!weights) return {};
  Convolution convolution = Describe(context, attributes);
  convolution.groups = static_cast<std::uint32_t>(channels);
  convolution.group_outputs = static_cast<std::size_t>(filter.dim(3) / channels);
  convolution.flags = XNN_FLAG_DEPTHWISE_CONVOLUTION;
  convolution.weights = std::move(*weights);
  return Emit(context, std::move(convolution));
}

}  // namespace tfld::engine::xnnpack
