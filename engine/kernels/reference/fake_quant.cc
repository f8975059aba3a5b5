// FAKE_QUANT: rounds to the nearest of the numbers that a quantization of `num_bits` bits for [min, max] has, after
// moving that range so that 0 is one of them.
#include <algorithm>
#include <cmath>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

struct Grid {
  float scale, min, max;
};

Grid MakeGrid(const FakeQuantAttributes& attributes) {
  const auto lowest = attributes.narrow_range ? 1.0F : 0.0F;
  const auto highest = static_cast<float>((1 << attributes.num_bits) - 1);
  const float scale = (attributes.max - attributes.min) / (highest - lowest);
  const float zero_point = std::round(std::clamp(lowest - attributes.min / scale, lowest, highest));
  return {.scale = scale, .min = (lowest - zero_point) * scale, .max = (highest - zero_point) * scale};
}

}  // namespace

Status PrepareFakeQuant(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kFloat32}));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const auto& attributes = context.attributes<FakeQuantAttributes>();
  if (attributes.num_bits < 2 || attributes.num_bits > 16) {
    return context.Error(StrCat(attributes.num_bits, " bits; expected 2 to 16"));
  }
  const Grid grid = MakeGrid(attributes);
  if (!(grid.scale > 0.0F) || !std::isfinite(grid.scale)) {
    return context.Error(StrCat("the range from ", attributes.min, " to ", attributes.max, " has no steps"));
  }
  const std::int64_t count = context.Input(0).shape.NumElements();
  return context.Emit("reference.fake_quant", [grid, count](const RunContext& run) -> Status {
    const float inverse = 1.0F / grid.scale;
    for (std::int64_t i = 0; i < count; ++i) {
      const float clamped = std::min(grid.max, std::max(grid.min, run.Input<float>(0)[i]));
      run.Output<float>(0)[i] = std::round((clamped - grid.min) * inverse) * grid.scale + grid.min;
    }
    return {};
  });
}

}  // namespace tfld::engine::reference
