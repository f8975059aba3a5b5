// MaxUnpooling2D (custom): puts each element of [n, h, w, c] where max pooling took it from, and zeros elsewhere.
//
// There are two operators of this name. MediaPipe's has float indices within the window (see MaxPoolingWithArgmax2D);
// TensorFlow Lite's has int32 indices within the whole output image: (row * width + column) * channels + channel.
#include <algorithm>
#include <limits>

#include "engine/kernels/reference/mediapipe_options.h"
#include "engine/kernels/reference/nn.h"

namespace tfld::engine::reference {
namespace {

constexpr int kIndices = 1;

struct Geometry {
  Pool2dAttributes pool;
  std::int64_t batches, height, width, channels;  // of the input
  std::int64_t output_height, output_width;
  std::int64_t pad_y = 0, pad_x = 0;

  std::int64_t image_size() const { return height * width * channels; }
  std::int64_t output_size() const { return output_height * output_width * channels; }
};

// Half of what a pooling of `output` into `input` would pad.
std::int64_t PadBefore(std::int64_t input, std::int64_t output, std::int64_t stride, std::int64_t taps) {
  return std::max<std::int64_t>(0, (input - 1) * stride + taps - output) / 2;
}

Result<Geometry> MakeGeometry(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 4, 4));
  const Shape& input = context.Input(0).shape;
  if (context.Input(kIndices).shape != input) {
    return context.Error(
        StrCat("indices of shape ", context.Input(kIndices).shape.ToString(), " for input ", input.ToString()));
  }
  TFLD_ASSIGN_OR_RETURN(const Pool2dAttributes pool, ReadPoolOptions(context));
  Geometry g{.pool = pool,
             .batches = input.dim(0),
             .height = input.dim(1),
             .width = input.dim(2),
             .channels = input.dim(3),
             .output_height = 0,
             .output_width = 0};
  if (context.Input(kIndices).type == ElementType::kFloat32) {
    g.output_height = g.height * pool.filter_h;
    g.output_width = g.width * pool.filter_w;
    g.pad_y = PadBefore(g.height, g.output_height, pool.stride_h, pool.filter_h);
    g.pad_x = PadBefore(g.width, g.output_width, pool.stride_w, pool.filter_w);
  } else if (pool.padding == Padding::kSame) {
    g.output_height = g.height * pool.stride_h;
    g.output_width = g.width * pool.stride_w;
  } else {
    g.output_height = std::max<std::int64_t>(0, (g.height - 1) * pool.stride_h + pool.filter_h);
    g.output_width = std::max<std::int64_t>(0, (g.width - 1) * pool.stride_w + pool.filter_w);
  }
  constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
  if (g.output_height > kMax || g.output_width > kMax) return context.Error("the output is too large");
  return g;
}

// Where in the output image an element goes; -1 for an index that leaves it.
std::int64_t Target(const Geometry& g, std::int64_t, std::int64_t, std::int64_t, std::int32_t index) {
  return index >= 0 && index < g.output_size() ? index : -1;
}

std::int64_t Target(const Geometry& g, std::int64_t y, std::int64_t x, std::int64_t channel, float index) {
  const float end = static_cast<float>(g.pool.filter_h) * static_cast<float>(g.pool.filter_w);
  if (!(index >= 0.0F && index < end)) return -1;
  const auto tap = static_cast<std::int64_t>(index);
  const std::int64_t row = y * g.pool.stride_h - g.pad_y + tap / g.pool.filter_w;
  const std::int64_t column = x * g.pool.stride_w - g.pad_x + tap % g.pool.filter_w;
  if (row < 0 || row >= g.output_height || column < 0 || column >= g.output_width) return -1;
  return (row * g.output_width + column) * g.channels + channel;
}

template <typename Index>
Status Unpool(const Geometry& g, const float* input, const Index* indices, float* output) {
  std::fill_n(output, g.batches * g.output_size(), 0.0F);
  if (g.image_size() == 0) return {};
  for (std::int64_t n = 0; n < g.batches; ++n, output += g.output_size()) {
    for (std::int64_t i = 0; i < g.image_size(); ++i, ++input, ++indices) {
      const std::int64_t pixel = i / g.channels;
      const std::int64_t target = Target(g, pixel / g.width, pixel % g.width, i % g.channels, *indices);
      if (target < 0) {
        return OutOfRange(StrCat("index ", *indices, " of element ", n * g.image_size() + i, " leaves the output of ",
                                 g.output_height, " by ", g.output_width));
      }
      output[target] = *input;
    }
  }
  return {};
}

}  // namespace

Status InferMaxUnpooling(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry g, MakeGeometry(context));
  const Shape& input = context.Input(0).shape;
  return context.SetOutputShape(0, {input.dim(0), static_cast<std::int32_t>(g.output_height),
                                    static_cast<std::int32_t>(g.output_width), input.dim(3)});
}

Status PrepareMaxUnpooling(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kFloat32}));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kIndices, {ElementType::kFloat32, ElementType::kInt32}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kFloat32}));
  const bool absolute = context.Input(kIndices).type == ElementType::kInt32;
  return context.Emit("reference.max_unpooling", [geometry, absolute](const RunContext& run) -> Status {
    const float* input = run.Input<float>(0);
    float* output = run.Output<float>(0);
    return absolute ? Unpool(geometry, input, run.Input<std::int32_t>(kIndices), output)
                    : Unpool(geometry, input, run.Input<float>(kIndices), output);
  });
}

}  // namespace tfld::engine::reference
