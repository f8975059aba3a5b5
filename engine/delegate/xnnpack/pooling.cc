// MAX_POOL_2D and AVERAGE_POOL_2D.
#include "engine/delegate/xnnpack/operators.h"
#include "engine/delegate/xnnpack/reduce.h"
#include "engine/delegate/xnnpack/unary.h"

namespace tfld::engine::xnnpack {
namespace {

struct Pooling {
  Padding1d vertical, horizontal;
  std::uint32_t filter_h = 1, filter_w = 1, stride_h = 1, stride_w = 1;
  std::size_t batch = 0, input_h = 0, input_w = 0, channels = 0, output_h = 0, output_w = 0;
  Range<float> float_range{};
  Range<std::int32_t> range{};
  xnn_quantization_params quantization{.zero_point = 0, .scale = 0.0F};

  bool is_padded() const { return (vertical.before | vertical.after | horizontal.before | horizontal.after) != 0; }
  bool Fits(std::size_t height, std::size_t width) const { return height == output_h && width == output_w; }
};

// Nothing when input, output, activation or windows are none that pooling here is for.
std::optional<Pooling> Describe(const PrepareContext& context) {
  const auto& attributes = context.attributes<Pool2dAttributes>();
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  if (input.is_constant || input.shape.rank() != 4 || output.shape.rank() != 4) return std::nullopt;
  if (!(IsFloat(input) && IsFloat(output)) && !IsSameQuantization(input, output)) return std::nullopt;
  const auto float_range = FloatRange(attributes.activation);
  if (!float_range) return std::nullopt;
  Pooling p;
  p.float_range = *float_range;
  if (!IsFloat(input)) p.range = *QuantizedRange(attributes.activation, output);
  p.quantization = QuantizationParams(output);
  p.vertical = ComputePadding(attributes.padding, input.shape.dim(1), attributes.filter_h, attributes.stride_h, 1);
  p.horizontal = ComputePadding(attributes.padding, input.shape.dim(2), attributes.filter_w, attributes.stride_w, 1);
  p.filter_h = static_cast<std::uint32_t>(attributes.filter_h);
  p.filter_w = static_cast<std::uint32_t>(attributes.filter_w);
  p.stride_h = static_cast<std::uint32_t>(attributes.stride_h);
  p.stride_w = static_cast<std::uint32_t>(attributes.stride_w);
  const std::vector<std::size_t> dims = Dims(input.shape);
  p.batch = dims[0];
  p.input_h = dims[1];
  p.input_w = dims[2];
  p.channels = dims[3];
  p.output_h = static_cast<std::size_t>(output.shape.dim(1));
  p.output_w = static_cast<std::size_t>(output.shape.dim(2));
  const WindowAxis rows{p.output_h, p.filter_h, p.stride_h, 1, p.vertical};
  if (!TableFits(context, rows, {p.output_w, p.filter_w, p.stride_w, 1, p.horizontal})) return std::nullopt;
  return p;
}

Status EmitStage(PrepareContext& context, std::string_view name, Stage stage) {
  Recipe recipe;
  recipe.name = name;
  recipe.stages.push_back(std::move(stage));
  return EmitOperator(context, std::move(recipe));
}

template <typename T, auto kCreate, auto kReshape, auto kSetup>
Stage MaxPoolStage(const Pooling& p, T min, T max) {
  return {
      .create =
          [=](xnn_weights_cache_t, xnn_operator_t* op) {
            return kCreate(p.vertical.before, p.horizontal.after, p.vertical.after, p.horizontal.before, p.filter_h,
                           p.filter_w, p.stride_h, p.stride_w, 1, 1, min, max, 0, op);
          },
      .reshape =
          [=](xnn_operator_t op, Workspace*, pthreadpool_t pool) {
            std::size_t height = 0;
            std::size_t width = 0;
            const xnn_status status =
                kReshape(op, p.batch, p.input_h, p.input_w, p.channels, p.channels, p.channels, &height, &width, pool);
            if (status != xnn_status_success) return status;
            return p.Fits(height, width) ? xnn_status_success : xnn_status_unsupported_parameter;
          },
      .setup =
          [](xnn_operator_t op, const Buffers& b) {
            return kSetup(op, static_cast<const T*>(b.inputs[0]), static_cast<T*>(b.output));
          },
  };
}

// Reshapes an average pooling of either type; what both functions have in common.
xnn_status ReshapeAverage(decltype(&xnn_reshape_average_pooling2d_nhwc_f32) reshape, const Pooling& p,
                          xnn_operator_t op, Workspace* workspace, pthreadpool_t pool) {
  std::size_t height = 0;
  std::size_t width = 0;
  const xnn_status status = reshape(op, p.batch, p.input_h, p.input_w, p.channels, p.channels, p.channels,
                                    &workspace->bytes, &workspace->alignment, &height, &width, pool);
  if (status != xnn_status_success) return status;
  return p.Fits(height, width) ? xnn_status_success : xnn_status_unsupported_parameter;
}

Stage FloatAverageStage(const Pooling& p) {
  return {
      .create =
          [=](xnn_weights_cache_t, xnn_operator_t* op) {
            return xnn_create_average_pooling2d_nhwc_f32(p.vertical.before, p.horizontal.after, p.vertical.after,
                                                         p.horizontal.before, p.filter_h, p.filter_w, p.stride_h,
                                                         p.stride_w, p.float_range.min, p.float_range.max, 0, op);
          },
      .reshape =
          [=](xnn_operator_t op, Workspace* workspace, pthreadpool_t pool) {
            return ReshapeAverage(xnn_reshape_average_pooling2d_nhwc_f32, p, op, workspace, pool);
          },
      .setup =
          [](xnn_operator_t op, const Buffers& b) {
            return xnn_setup_average_pooling2d_nhwc_f32(op, b.workspace, static_cast<const float*>(b.inputs[0]),
                                                        static_cast<float*>(b.output));
          },
  };
}

Stage UInt8AverageStage(const Pooling& p) {
  return {
      .create =
          [=](xnn_weights_cache_t, xnn_operator_t* op) {
            const auto zero_point = static_cast<std::uint8_t>(p.quantization.zero_point);
            return xnn_create_average_pooling2d_nhwc_qu8(0, 0, 0, 0, p.filter_h, p.filter_w, p.stride_h, p.stride_w,
                                                         zero_point, p.quantization.scale, zero_point,
                                                         p.quantization.scale, static_cast<std::uint8_t>(p.range.min),
                                                         static_cast<std::uint8_t>(p.range.max), 0, op);
          },
      .reshape =
          [=](xnn_operator_t op, Workspace* workspace, pthreadpool_t pool) {
            return ReshapeAverage(xnn_reshape_average_pooling2d_nhwc_qu8, p, op, workspace, pool);
          },
      .setup =
          [](xnn_operator_t op, const Buffers& b) {
            return xnn_setup_average_pooling2d_nhwc_qu8(op, b.workspace, static_cast<const std::uint8_t*>(b.inputs[0]),
                                                        static_cast<std::uint8_t*>(b.output));
          },
  };
}

// In int8 there is only the mean of the whole image.
Status EmitGlobalAverage(PrepareContext& context, const Pooling& p) {
  if (p.is_padded() || p.filter_h != p.input_h || p.filter_w != p.input_w) return {};
  const Activation activation = context.attributes<Pool2dAttributes>().activation;
  Recipe recipe;
  recipe.name = "xnnpack.global_average_pool_qs8";
  recipe.stages.push_back(MeanStage(context.Input(0), context.Output(0), {1, 2}));
  if (auto clamp = ClampStage(activation, context.Output(0))) recipe.stages.push_back(std::move(*clamp));
  return EmitOperator(context, std::move(recipe));
}

}  // namespace

Status PrepareMaxPool2d(PrepareContext& context) {
  const auto p = Describe(context);
  if (!p || p->filter_h * p->filter_w == 1 || p->stride_h > p->filter_h || p->stride_w > p->filter_w) return {};
  switch (context.Input(0).type) {
    case ElementType::kInt8:
      return EmitStage(context, "xnnpack.max_pool_s8",
                       MaxPoolStage<std::int8_t, xnn_create_max_pooling2d_nhwc_s8, xnn_reshape_max_pooling2d_nhwc_s8,
                                    xnn_setup_max_pooling2d_nhwc_s8>(*p, static_cast<std::int8_t>(p->range.min),
                                                                     static_cast<std::int8_t>(p->range.max)));
    case ElementType::kUInt8:
      return EmitStage(context, "xnnpack.max_pool_u8",
                       MaxPoolStage<std::uint8_t, xnn_create_max_pooling2d_nhwc_u8, xnn_reshape_max_pooling2d_nhwc_u8,
                                    xnn_setup_max_pooling2d_nhwc_u8>(*p, static_cast<std::uint8_t>(p->range.min),
                                                                     static_cast<std::uint8_t>(p->range.max)));
    default:
      return EmitStage(context, "xnnpack.max_pool_f32",
                       MaxPoolStage<float, xnn_create_max_pooling2d_nhwc_f32, xnn_reshape_max_pooling2d_nhwc_f32,
                                    xnn_setup_max_pooling2d_nhwc_f32>(*p, p->float_range.min, p->float_range.max));
  }
}

Status PrepareAveragePool2d(PrepareContext& context) {
  const auto p = Describe(context);
  if (!p) return {};
  switch (context.Input(0).type) {
    case ElementType::kInt8: return EmitGlobalAverage(context, *p);
    case ElementType::kUInt8:
      if (p->is_padded()) return {};  // it would count the padding
      return EmitStage(context, "xnnpack.average_pool_qu8", UInt8AverageStage(*p));
    default: return EmitStage(context, "xnnpack.average_pool_f32", FloatAverageStage(*p));
  }
}

}  // namespace tfld::engine::xnnpack
