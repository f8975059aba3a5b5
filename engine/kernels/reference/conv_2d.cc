// CONV_2D: input [n, h, w, c], filter [filters, kh, kw, c / groups], bias [filters] -> [n, oh, ow, filters].
#include <algorithm>

#include "engine/kernels/reference/hybrid.h"
#include "engine/kernels/reference/image_window.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

struct Geometry {
  ImageWindow window;
  std::int64_t filters = 0;
  std::int64_t filter_channels = 0;  // input channels of a group
  std::int64_t filters_per_group = 0;
};

Result<Geometry> MakeGeometry(const OpContext& context) {
  Geometry geometry;
  TFLD_ASSIGN_OR_RETURN(geometry.window, MakeImageWindow(context, context.attributes<Conv2dAttributes>()));
  const Shape& filter = context.Input(kWeightsInput).shape;
  geometry.filters = filter.dim(0);
  geometry.filter_channels = filter.dim(3);
  if (geometry.filter_channels == 0 || geometry.window.channels % geometry.filter_channels != 0) {
    return context.Error(StrCat("filter of shape ", filter.ToString(), " does not divide the channels of input ",
                                context.Input(0).shape.ToString()));
  }
  const std::int64_t groups = geometry.window.channels / geometry.filter_channels;
  if (groups == 0 || geometry.filters % groups != 0) {
    return context.Error(StrCat(geometry.filters, " filters cannot be divided into ", groups, " groups"));
  }
  geometry.filters_per_group = geometry.filters / groups;
  return geometry;
}

template <typename Numerics, typename Pointers>
void Convolve(const Geometry& g, const Numerics& numerics, std::int64_t batches, const Pointers& operands) {
  const ImageWindow& window = g.window;
  const std::int64_t filter_size = window.taps() * g.filter_channels;
  auto* output = operands.output;
  if (g.filters == 0) return;  // nothing to compute, at no matter how many places
  for (std::int64_t n = 0; n < batches; ++n) {
    for (std::int64_t y = 0; y < window.y.output; ++y) {
      for (std::int64_t x = 0; x < window.x.output; ++x) {
        for (std::int64_t f = 0; f < g.filters; ++f) {
          const auto* group = operands.input + n * window.image_size() + f / g.filters_per_group * g.filter_channels;
          const auto* filter = operands.weights + f * filter_size;
          typename Numerics::Sum sum{};
          window.ForEachTap(window.y.Origin(y), window.x.Origin(x), [&](std::int64_t pixel, std::int64_t tap) {
            const auto* values = group + pixel;
            const auto* weights = filter + tap * g.filter_channels;
            for (std::int64_t c = 0; c < g.filter_channels; ++c) sum += numerics.Product(values[c], weights[c]);
          });
          *output++ = numerics.Finish(sum, operands.bias, f);
        }
      }
    }
  }
}

// Hybrid inputs are quantized asymmetrically when the filters' scales differ or there are groups; else symmetrically.
bool HybridIsAsymmetric(const OpContext& context, const Geometry& geometry) {
  const std::vector<float>& scales = context.Input(kWeightsInput).quantization->scales;
  const bool differ = std::ranges::any_of(scales, [&](float scale) { return scale != scales[0]; });
  return differ || geometry.filter_channels != geometry.window.channels;
}

}  // namespace

Status InferConv2d(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context));
  return context.SetOutputShape(0, geometry.window.OutputShape(context.Input(kWeightsInput).shape.dim(0)));
}

Status PrepareConv2d(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context));
  const WeightsLayout layout{.channels = context.Input(kWeightsInput).shape.dim(0),
                             .channel_axis = 0,
                             .activation = context.attributes<Conv2dAttributes>().activation,
                             .symmetric = true};
  if (IsHybrid(context)) {
    return EmitHybrid(context, "reference.conv_2d_hybrid", layout, geometry.window.batches,
                      HybridIsAsymmetric(context, geometry),
                      [geometry](const HybridBatch& numerics, const auto& operands, const RunContext&) {
                        Convolve(geometry, numerics, 1, operands);
                      });
  }
  return DispatchNumerics<FixedPointRescaling>(
      context, layout, [&]<typename Numerics>(const Numerics& numerics, const auto& operands) {
        return context.Emit("reference.conv_2d", [geometry, numerics, operands](const RunContext& run) -> Status {
          Convolve(geometry, numerics, geometry.window.batches, operands(run));
          return {};
        });
      });
}

}  // namespace tfld::engine::reference
