// RESIZE_NEAREST_NEIGHBOR: an image of the size that input 1 says, each pixel the nearest one of the input.
//
// Source of the rule: TensorFlow Lite's reference kernel; positions are computed in float, as there.
#include <algorithm>
#include <cmath>

#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

// For each position of the output, the nearest one of the input.
std::vector<std::int64_t> NearestPositions(int input, int output, const ResizeAttributes& attributes) {
  const float scale = attributes.align_corners && output > 1
                          ? static_cast<float>(input - 1) / static_cast<float>(output - 1)
                          : static_cast<float>(input) / static_cast<float>(output);
  const float offset = attributes.half_pixel_centers ? 0.5F : 0.0F;
  std::vector<std::int64_t> positions;
  positions.reserve(static_cast<std::size_t>(output));
  for (int i = 0; i < output; ++i) {
    const float position = (static_cast<float>(i) + offset) * scale;
    const float nearest = attributes.align_corners ? std::round(position) : std::floor(position);
    positions.push_back(std::clamp<std::int64_t>(static_cast<std::int64_t>(nearest), 0, input - 1));
  }
  return positions;
}

}  // namespace

Status PrepareResizeNearestNeighbor(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const Shape& input = context.Input(0).shape;
  const Shape& output = context.Output(0).shape;
  std::vector<std::int64_t> rows, columns;
  if (output.NumElements() > 0) {
    if (input.NumElements() == 0) return context.Error("the input has no pixels");
    const auto& attributes = context.attributes<ResizeAttributes>();
    rows = NearestPositions(input.dim(1), output.dim(1), attributes);
    columns = NearestPositions(input.dim(2), output.dim(2), attributes);
  }
  return DispatchElementSize(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    const std::int64_t width = input.dim(2), depth = input.dim(3), image = input.Product(1, 4);
    return context.Emit("reference.resize_nearest_neighbor",
                        [rows, columns, width, depth, image, batches = input.dim(0)](const RunContext& run) -> Status {
                          const T* from = run.Input<T>(0);
                          T* to = run.Output<T>(0);
                          for (std::int32_t n = 0; n < batches; ++n, from += image) {
                            for (const std::int64_t y : rows) {
                              for (const std::int64_t x : columns) {
                                CopyElements(from + (y * width + x) * depth, to, depth);
                                to += depth;
                              }
                            }
                          }
                          return {};
                        });
  });
}

}  // namespace tfld::engine::reference
