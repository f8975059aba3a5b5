// MaxPoolingWithArgmax2D (custom, MediaPipe): input [n, h, w, c] -> the greatest element under each place of the
// window, and where in the window it lies: row * window width + column, as a float that is a little larger.
#include <limits>

#include "engine/kernels/reference/activation.h"
#include "engine/kernels/reference/mediapipe_options.h"
#include "engine/kernels/reference/nn.h"
#include "engine/kernels/reference/window.h"

namespace tfld::engine::reference {
namespace {

struct Geometry {
  WindowAxis y, x;
  std::int64_t batches = 0, channels = 0;
};

Result<Geometry> MakeGeometry(const OpContext& context, const Pool2dAttributes& pool) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 4, 4));
  const Shape& input = context.Input(0).shape;
  Geometry geometry{.y = {}, .x = {}, .batches = input.dim(0), .channels = input.dim(3)};
  TFLD_ASSIGN_OR_RETURN(geometry.y,
                        MakeWindowAxis(context, pool.padding, input.dim(1), pool.filter_h, pool.stride_h, 1));
  TFLD_ASSIGN_OR_RETURN(geometry.x,
                        MakeWindowAxis(context, pool.padding, input.dim(2), pool.filter_w, pool.stride_w, 1));
  return geometry;
}

struct Maximum {
  float value = std::numeric_limits<float>::lowest();
  std::int64_t tap = 0;
};

// `image` points at one channel.
Maximum FindMaximum(const Geometry& g, const float* image, std::int64_t top, std::int64_t left) {
  Maximum result;
  for (std::int64_t ky = g.y.FirstTap(top); ky < g.y.EndTap(top); ++ky) {
    for (std::int64_t kx = g.x.FirstTap(left); kx < g.x.EndTap(left); ++kx) {
      const float value = image[((top + ky) * g.x.input + left + kx) * g.channels];
      if (value > result.value) result = {.value = value, .tap = ky * g.x.taps + kx};
    }
  }
  return result;
}

void Pool(const Geometry& g, const Range<float>& range, const float* input, float* output, float* indices) {
  if (g.channels == 0) return;
  for (std::int64_t n = 0; n < g.batches; ++n, input += g.y.input * g.x.input * g.channels) {
    for (std::int64_t y = 0; y < g.y.output; ++y) {
      for (std::int64_t x = 0; x < g.x.output; ++x) {
        for (std::int64_t c = 0; c < g.channels; ++c) {
          const Maximum maximum = FindMaximum(g, input + c, g.y.Origin(y), g.x.Origin(x));
          *output++ = range.Clamp(maximum.value);
          *indices++ = static_cast<float>(maximum.tap) + 0.1F;
        }
      }
    }
  }
}

}  // namespace

Status InferMaxPoolingWithArgmax(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Pool2dAttributes pool, ReadPoolOptions(context));
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context, pool));
  const Shape& input = context.Input(0).shape;
  const Shape shape{input.dim(0), static_cast<std::int32_t>(geometry.y.output),
                    static_cast<std::int32_t>(geometry.x.output), input.dim(3)};
  TFLD_RETURN_IF_ERROR(context.SetOutputShape(0, shape));
  return context.SetOutputShape(1, shape);
}

Status PrepareMaxPoolingWithArgmax(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Pool2dAttributes pool, ReadPoolOptions(context));
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context, pool));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kFloat32}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kFloat32}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(1, {ElementType::kFloat32}));
  TFLD_ASSIGN_OR_RETURN(const Range<float> range, RequireActivationRange<float>(context, pool.activation));
  return context.Emit("reference.max_pooling_with_argmax", [geometry, range](const RunContext& run) -> Status {
    Pool(geometry, range, run.Input<float>(0), run.Output<float>(0), run.Output<float>(1));
    return {};
  });
}

}  // namespace tfld::engine::reference
