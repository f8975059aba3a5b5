// RESIZE_BILINEAR.
#include "engine/delegate/xnnpack/operators.h"
#include "engine/delegate/xnnpack/values.h"

namespace tfld::engine::xnnpack {
namespace {

template <typename T, auto kCreate, auto kReshape, auto kSetup>
Stage ResizeStage(const Shape& input, const Shape& output, std::uint32_t flags) {
  const auto height = static_cast<std::size_t>(output.dim(1));
  const auto width = static_cast<std::size_t>(output.dim(2));
  return {
      .create = [=](xnn_weights_cache_t, xnn_operator_t* op) { return kCreate(height, width, flags, op); },
      .reshape =
          [dims = Dims(input)](xnn_operator_t op, Workspace* workspace, pthreadpool_t pool) {
            return kReshape(op, dims[0], dims[1], dims[2], dims[3], dims[3], dims[3], &workspace->bytes,
                            &workspace->alignment, pool);
          },
      .setup =
          [](xnn_operator_t op, const Buffers& b) {
            return kSetup(op, b.workspace, static_cast<const T*>(b.inputs[0]), static_cast<T*>(b.output));
          },
  };
}

Stage StageFor(ElementType type, const Shape& input, const Shape& output, std::uint32_t flags) {
  switch (type) {
    case ElementType::kInt8:
      return ResizeStage<std::int8_t, xnn_create_resize_bilinear2d_nhwc_s8, xnn_reshape_resize_bilinear2d_nhwc_s8,
                         xnn_setup_resize_bilinear2d_nhwc_s8>(input, output, flags);
    case ElementType::kUInt8:
      return ResizeStage<std::uint8_t, xnn_create_resize_bilinear2d_nhwc_u8, xnn_reshape_resize_bilinear2d_nhwc_u8,
                         xnn_setup_resize_bilinear2d_nhwc_u8>(input, output, flags);
    default:
      return ResizeStage<float, xnn_create_resize_bilinear2d_nhwc_f32, xnn_reshape_resize_bilinear2d_nhwc_f32,
                         xnn_setup_resize_bilinear2d_nhwc_f32>(input, output, flags);
  }
}

// In int8, TensorFlow Lite steps through the input in units of 1/1024, rounded; unless a step is a whole number of
// them, it drifts away from the true position, and its results by more than one step from anybody else's.
bool StepsExactly(int input_size, int output_size, bool align_corners) {
  constexpr std::int64_t kUnits = 1024;
  if (align_corners && output_size > 1) return kUnits * (input_size - 1) % (output_size - 1) == 0;
  return kUnits * input_size % output_size == 0;
}

bool StepsExactly(const Shape& input, const Shape& output, bool align_corners) {
  return StepsExactly(input.dim(1), output.dim(1), align_corners) &&
         StepsExactly(input.dim(2), output.dim(2), align_corners);
}

}  // namespace

Status PrepareResizeBilinear(PrepareContext& context) {
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  const auto& attributes = context.attributes<ResizeAttributes>();
  if (input.is_constant || input.shape.rank() != 4 || (attributes.align_corners && attributes.half_pixel_centers)) {
    return {};
  }
  if (!(IsFloat(input) && IsFloat(output)) && !IsSameQuantization(input, output)) return {};
  if (input.type == ElementType::kInt8 && !StepsExactly(input.shape, output.shape, attributes.align_corners)) return {};
  // Four pixels for each of the output's.
  const auto axis = [&](int i) { return WindowAxis{static_cast<std::size_t>(output.shape.dim(i)), 2, 2, 1, {}}; };
  if (!TableFits(context, axis(1), axis(2))) return {};
  std::uint32_t flags = 0;
  if (attributes.align_corners)
    flags = XNN_FLAG_ALIGN_CORNERS;
  else if (!attributes.half_pixel_centers)
    flags = XNN_FLAG_TENSORFLOW_LEGACY_MODE;

  Recipe recipe;
  recipe.name = "xnnpack.resize_bilinear";
  recipe.stages.push_back(StageFor(input.type, input.shape, output.shape, flags));
  return EmitOperator(context, std::move(recipe));
}

}  // namespace tfld::engine::xnnpack
