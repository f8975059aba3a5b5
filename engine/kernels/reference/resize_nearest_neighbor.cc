// RESIZE_NEAREST_NEIGHBOR: an image of the size that input 1 says, each pixel the nearest one of the input.
//
// Source of the rule: TensorFlow Lite's reference kernel; positions are computed in float, as there.
#include <algorithm>
#include <cmath>

#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

// For each position of the output along one axis, the nearest one of the input.
struct Nearest {
  Nearest(std::int32_t input, std::int32_t output, const ResizeAttributes& attributes)
      : last(input - 1), rounds(attributes.align_corners), offset(attributes.half_pixel_centers ? 0.5F : 0.0F) {
    scale = attributes.align_corners && output > 1 ? static_cast<float>(input - 1) / static_cast<float>(output - 1)
                                                   : static_cast<float>(input) / static_cast<float>(output);
  }

  std::int64_t operator()(std::int32_t index) const {
    const float position = (static_cast<float>(index) + offset) * scale;
    const float nearest = rounds ? std::round(position) : std::floor(position);
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(nearest), 0, last);
  }

  std::int64_t last;
  bool rounds;
  float offset, scale;
};

}  // namespace

Status PrepareResizeNearestNeighbor(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const Shape input = context.Input(0).shape, output = context.Output(0).shape;
  if (input.NumElements() == 0 && output.NumElements() > 0) return context.Error("the input has no pixels");
  const auto& attributes = context.attributes<ResizeAttributes>();
  const Nearest row(input.dim(1), output.dim(1), attributes), column(input.dim(2), output.dim(2), attributes);
  return DispatchElementSize(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.resize_nearest_neighbor", [=](const RunContext& run) -> Status {
      if (output.NumElements() == 0) return {};
      const std::int64_t width = input.dim(2), depth = input.dim(3);
      const T* from = run.Input<T>(0);
      T* to = run.Output<T>(0);
      for (std::int32_t n = 0; n < output.dim(0); ++n, from += input.dim(1) * width * depth) {
        for (std::int32_t y = 0; y < output.dim(1); ++y) {
          const T* pixels = from + row(y) * width * depth;
          for (std::int32_t x = 0; x < output.dim(2); ++x, to += depth) {
            CopyElements(pixels + column(x) * depth, to, depth);
          }
        }
      }
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
