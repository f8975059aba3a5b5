// RESIZE_BILINEAR: input [n, h, w, c] and a size {oh, ow} -> [n, oh, ow, c].
//
// float and uint8 are interpolated in float, int8 and int16 in fixed point with 10 bits. Source of the coordinates:
// TensorFlow's definition of align_corners and half_pixel_centers.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

constexpr int kSize = 1;
constexpr std::int64_t kOne = 1 << 10;  // fixed point

struct Geometry {
  std::int64_t batches, in_h, in_w, out_h, out_w, channels;
  ResizeAttributes attributes;
};

// Between which two input positions an output position lies, and how far from the lower one.
template <typename Number>
struct Position {
  std::int64_t lower, upper;
  Number fraction;
};

Position<float> FindPosition(std::int64_t at, std::int64_t in, std::int64_t out, const ResizeAttributes& attributes,
                             float) {
  const bool align = attributes.align_corners && out > 1;
  const float scale = align ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                            : static_cast<float>(in) / static_cast<float>(out);
  const auto position = static_cast<float>(at);
  const float scaled = attributes.half_pixel_centers ? (position + 0.5F) * scale - 0.5F : position * scale;
  const auto lower = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(scaled)), 0, in - 1);
  const auto upper = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(scaled)), 0, in - 1);
  return {.lower = lower, .upper = upper, .fraction = scaled - static_cast<float>(lower)};
}

Position<std::int64_t> FindPosition(std::int64_t at, std::int64_t in, std::int64_t out,
                                    const ResizeAttributes& attributes, std::int64_t) {
  const bool align = attributes.align_corners && out > 1;
  const std::int64_t scale = align ? (kOne * (in - 1) + (out - 1) / 2) / (out - 1) : (kOne * in + out / 2) / out;
  const std::int64_t scaled = attributes.half_pixel_centers ? at * scale + scale / 2 - kOne / 2 : at * scale;
  const auto lower = std::clamp<std::int64_t>(scaled / kOne, 0, in - 1);
  const auto upper = std::clamp<std::int64_t>((scaled + kOne - 1) / kOne, 0, in - 1);
  return {.lower = lower, .upper = upper, .fraction = scaled - kOne * lower};
}

template <typename T>
T Interpolate(T v00, T v10, T v01, T v11, float y, float x) {
  constexpr float kRounding = kIsFloat<T> ? 0.0F : 0.5F;
  return static_cast<T>(static_cast<float>(v00) * (1 - y) * (1 - x) + static_cast<float>(v10) * y * (1 - x) +
                        static_cast<float>(v01) * (1 - y) * x + static_cast<float>(v11) * y * x + kRounding);
}

template <typename T>
T Interpolate(T v00, T v10, T v01, T v11, std::int64_t y, std::int64_t x) {
  const std::int64_t sum = v00 * (kOne - y) * (kOne - x) + v10 * y * (kOne - x) + v01 * (kOne - y) * x + v11 * y * x;
  const std::int64_t half = kOne * kOne / 2;
  return static_cast<T>((sum + (sum > 0 ? half : -half)) / (kOne * kOne));
}

template <typename T, typename Number>
void Resize(const Geometry& g, const T* input, T* output) {
  for (std::int64_t n = 0; n < g.batches; ++n) {
    const T* image = input + n * g.in_h * g.in_w * g.channels;
    for (std::int64_t oy = 0; oy < g.out_h; ++oy) {
      const auto y = FindPosition(oy, g.in_h, g.out_h, g.attributes, Number{});
      for (std::int64_t ox = 0; ox < g.out_w; ++ox) {
        const auto x = FindPosition(ox, g.in_w, g.out_w, g.attributes, Number{});
        const auto pixel = [&](std::int64_t py, std::int64_t px) { return image + (py * g.in_w + px) * g.channels; };
        const T *p00 = pixel(y.lower, x.lower), *p10 = pixel(y.upper, x.lower);
        const T *p01 = pixel(y.lower, x.upper), *p11 = pixel(y.upper, x.upper);
        for (std::int64_t c = 0; c < g.channels; ++c) {
          *output++ = Interpolate(p00[c], p10[c], p01[c], p11[c], y.fraction, x.fraction);
        }
      }
    }
  }
}

}  // namespace

Status InferResize(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 4, 4));
  TFLD_ASSIGN_OR_RETURN(const auto size, context.ConstantInts(kSize));
  const Shape& input = context.Input(0).shape;
  const std::int32_t least = context.node().op == OpCode::kResizeBilinear ? 1 : 0;  // an empty image has no neighbours
  if (size.size() != 2 || size[0] < least || size[1] < least) {
    return context.Error(StrCat("expected a size of two numbers from ", least));
  }
  if (input.dim(1) < 1 || input.dim(2) < 1)
    return context.Error(StrCat("the image of shape ", input.ToString(), " is empty"));
  return context.SetOutputShape(0, {input.dim(0), size[0], size[1], input.dim(3)});
}

Status PrepareResizeBilinear(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const Shape& input = context.Input(0).shape;
  const Shape& output = context.Output(0).shape;
  const Geometry g{.batches = input.dim(0),
                   .in_h = input.dim(1),
                   .in_w = input.dim(2),
                   .out_h = output.dim(1),
                   .out_w = output.dim(2),
                   .channels = input.dim(3),
                   .attributes = context.attributes<ResizeAttributes>()};
  return DispatchType<float, std::uint8_t, std::int8_t, std::int16_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        using Number = std::conditional_t<kIsFloat<T> || std::is_same_v<T, std::uint8_t>, float, std::int64_t>;
        return context.Emit("reference.resize_bilinear", [g](const RunContext& run) -> Status {
          Resize<T, Number>(g, run.Input<T>(0), run.Output<T>(0));
          return {};
        });
      });
}

}  // namespace tfld::engine::reference
