// CONV_2D: input [n, h, w, c], filter [filters, kh, kw, c / groups], bias [filters] -> [n, oh, ow, filters].
#include <algorithm>

#include "engine/kernels/reference/hybrid.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/window.h"

namespace tfld::engine::reference {
namespace {

struct Geometry {
  WindowAxis y, x;
  std::int64_t batches = 0, input_channels = 0, filters = 0;
  std::int64_t filter_channels = 0;  // input channels of a group
  std::int64_t filters_per_group = 0;
};

Result<Geometry> MakeGeometry(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 4, 4));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kWeightsInput, 4, 4));
  const Shape& input = context.Input(0).shape;
  const Shape& filter = context.Input(kWeightsInput).shape;
  const auto& attributes = context.attributes<Conv2dAttributes>();
  Geometry geometry;
  geometry.batches = input.dim(0);
  geometry.input_channels = input.dim(3);
  geometry.filters = filter.dim(0);
  geometry.filter_channels = filter.dim(3);
  if (geometry.filter_channels == 0 || geometry.input_channels % geometry.filter_channels != 0) {
    return context.Error(
        StrCat("filter of shape ", filter.ToString(), " does not divide the channels of input ", input.ToString()));
  }
  const std::int64_t groups = geometry.input_channels / geometry.filter_channels;
  if (groups == 0 || geometry.filters % groups != 0) {
    return context.Error(StrCat(geometry.filters, " filters cannot be divided into ", groups, " groups"));
  }
  geometry.filters_per_group = geometry.filters / groups;
  TFLD_ASSIGN_OR_RETURN(geometry.y, MakeWindowAxis(context, attributes.padding, input.dim(1), filter.dim(1),
                                                   attributes.stride_h, attributes.dilation_h));
  TFLD_ASSIGN_OR_RETURN(geometry.x, MakeWindowAxis(context, attributes.padding, input.dim(2), filter.dim(2),
                                                   attributes.stride_w, attributes.dilation_w));
  return geometry;
}

// The sum of products for one output position and one filter.
template <typename Numerics>
typename Numerics::Sum SumWindow(const Geometry& g, const Numerics& numerics, const typename Numerics::Input* image,
                                 const typename Numerics::Weight* filter, std::int64_t origin_y,
                                 std::int64_t origin_x) {
  typename Numerics::Sum sum{};
  const std::int64_t first_x = g.x.FirstTap(origin_x);
  const std::int64_t end_x = g.x.EndTap(origin_x);
  for (std::int64_t ky = g.y.FirstTap(origin_y); ky < g.y.EndTap(origin_y); ++ky) {
    const auto* row = image + (origin_y + ky * g.y.dilation) * g.x.input * g.input_channels;
    for (std::int64_t kx = first_x; kx < end_x; ++kx) {
      const auto* pixel = row + (origin_x + kx * g.x.dilation) * g.input_channels;
      const auto* weights = filter + (ky * g.x.taps + kx) * g.filter_channels;
      for (std::int64_t c = 0; c < g.filter_channels; ++c) sum += numerics.Product(pixel[c], weights[c]);
    }
  }
  return sum;
}

template <typename Numerics, typename Pointers>
void Convolve(const Geometry& g, const Numerics& numerics, std::int64_t batches, const Pointers& operands) {
  const std::int64_t image_size = g.y.input * g.x.input * g.input_channels;
  const std::int64_t filter_size = g.y.taps * g.x.taps * g.filter_channels;
  auto* output = operands.output;
  for (std::int64_t n = 0; n < batches; ++n) {
    for (std::int64_t y = 0; y < g.y.output; ++y) {
      for (std::int64_t x = 0; x < g.x.output; ++x) {
        for (std::int64_t f = 0; f < g.filters; ++f) {
          const auto* image = operands.input + n * image_size + f / g.filters_per_group * g.filter_channels;
          const auto sum =
              SumWindow(g, numerics, image, operands.weights + f * filter_size, g.y.Origin(y), g.x.Origin(x));
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
  return differ || geometry.filter_channels != geometry.input_channels;
}

}  // namespace

Status InferConv2d(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context));
  return context.SetOutputShape(
      0, {context.Input(0).shape.dim(0), static_cast<std::int32_t>(geometry.y.output),
          static_cast<std::int32_t>(geometry.x.output), context.Input(kWeightsInput).shape.dim(0)});
}

Status PrepareConv2d(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context));
  const WeightsLayout layout{.channels = context.Input(kWeightsInput).shape.dim(0),
                             .channel_axis = 0,
                             .activation = context.attributes<Conv2dAttributes>().activation,
                             .symmetric = true};
  if (IsHybrid(context)) {
    return EmitHybrid(context, "reference.conv_2d_hybrid", layout, geometry.batches,
                      HybridIsAsymmetric(context, geometry),
                      [geometry](const HybridBatch& numerics, const auto& operands, const RunContext&) {
                        Convolve(geometry, numerics, 1, operands);
                      });
  }
  return DispatchNumerics<FixedPointRescaling>(context, layout, [&]<typename Numerics>(const Numerics& numerics) {
    return context.Emit("reference.conv_2d", [geometry, numerics](const RunContext& run) -> Status {
      Convolve(geometry, numerics, geometry.batches, Operands<Numerics>(run));
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
