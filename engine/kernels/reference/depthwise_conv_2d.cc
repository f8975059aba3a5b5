// DEPTHWISE_CONV_2D: input [n, h, w, c], filter [1, kh, kw, c * m], bias [c * m] -> [n, oh, ow, c * m].
//
// Output channel c * m + i is input channel c under its i-th filter. The multiplier m follows from the shapes.
#include <algorithm>

#include "engine/kernels/reference/hybrid.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/window.h"

namespace tfld::engine::reference {
namespace {

struct Geometry {
  WindowAxis y, x;
  std::int64_t batches, input_channels, multiplier;

  std::int64_t output_channels() const { return input_channels * multiplier; }
};

Result<Geometry> MakeGeometry(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 4, 4));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kWeightsInput, 4, 4));
  const Shape& input = context.Input(0).shape;
  const Shape& filter = context.Input(kWeightsInput).shape;
  const auto& attributes = context.attributes<DepthwiseConv2dAttributes>();
  if (filter.dim(0) != 1 || input.dim(3) == 0 || filter.dim(3) == 0 || filter.dim(3) % input.dim(3) != 0) {
    return context.Error(StrCat("filter of shape ", filter.ToString(), " does not fit to input ", input.ToString()));
  }
  Geometry geometry{.y = {},
                    .x = {},
                    .batches = input.dim(0),
                    .input_channels = input.dim(3),
                    .multiplier = filter.dim(3) / input.dim(3)};
  TFLD_ASSIGN_OR_RETURN(geometry.y, MakeWindowAxis(context, attributes.padding, input.dim(1), filter.dim(1),
                                                   attributes.stride_h, attributes.dilation_h));
  TFLD_ASSIGN_OR_RETURN(geometry.x, MakeWindowAxis(context, attributes.padding, input.dim(2), filter.dim(2),
                                                   attributes.stride_w, attributes.dilation_w));
  return geometry;
}

// Adds the products of one input pixel and one tap's weights to the sums of all output channels.
template <typename Numerics>
void AddTap(const Geometry& g, const Numerics& numerics, const typename Numerics::Input* pixel,
            const typename Numerics::Weight* weights, typename Numerics::Sum* sums) {
  if (g.multiplier == 1) {
    for (std::int64_t c = 0; c < g.input_channels; ++c) sums[c] += numerics.Product(pixel[c], weights[c]);
    return;
  }
  for (std::int64_t c = 0; c < g.input_channels; ++c) {
    for (std::int64_t i = c * g.multiplier; i < (c + 1) * g.multiplier; ++i) {
      sums[i] += numerics.Product(pixel[c], weights[i]);
    }
  }
}

template <typename Numerics>
void SumWindow(const Geometry& g, const Numerics& numerics, const typename Numerics::Input* image,
               const typename Numerics::Weight* filter, std::int64_t origin_y, std::int64_t origin_x,
               typename Numerics::Sum* sums) {
  std::fill_n(sums, g.output_channels(), typename Numerics::Sum{});
  const std::int64_t first_x = g.x.FirstTap(origin_x);
  const std::int64_t end_x = g.x.EndTap(origin_x);
  for (std::int64_t ky = g.y.FirstTap(origin_y); ky < g.y.EndTap(origin_y); ++ky) {
    const auto* row = image + (origin_y + ky * g.y.dilation) * g.x.input * g.input_channels;
    for (std::int64_t kx = first_x; kx < end_x; ++kx) {
      AddTap(g, numerics, row + (origin_x + kx * g.x.dilation) * g.input_channels,
             filter + (ky * g.x.taps + kx) * g.output_channels(), sums);
    }
  }
}

template <typename Numerics, typename Pointers>
void Convolve(const Geometry& g, const Numerics& numerics, std::int64_t batches, const Pointers& operands,
              typename Numerics::Sum* sums) {
  auto* output = operands.output;
  for (std::int64_t n = 0; n < batches; ++n) {
    const auto* image = operands.input + n * g.y.input * g.x.input * g.input_channels;
    for (std::int64_t y = 0; y < g.y.output; ++y) {
      for (std::int64_t x = 0; x < g.x.output; ++x) {
        SumWindow(g, numerics, image, operands.weights, g.y.Origin(y), g.x.Origin(x), sums);
        for (std::int64_t c = 0; c < g.output_channels(); ++c) *output++ = numerics.Finish(sums[c], operands.bias, c);
      }
    }
  }
}

}  // namespace

Status InferDepthwiseConv2d(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context));
  return context.SetOutputShape(
      0, {context.Input(0).shape.dim(0), static_cast<std::int32_t>(geometry.y.output),
          static_cast<std::int32_t>(geometry.x.output), context.Input(kWeightsInput).shape.dim(3)});
}

Status PrepareDepthwiseConv2d(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context));
  const WeightsLayout layout{.channels = context.Input(kWeightsInput).shape.dim(3),
                             .channel_axis = 3,
                             .activation = context.attributes<DepthwiseConv2dAttributes>().activation,
                             .symmetric = true};
  const auto channels = static_cast<std::size_t>(geometry.output_channels());
  if (IsHybrid(context)) {
    const int sums = context.RequestScratch(channels * sizeof(HybridSum::Sum));
    return EmitHybrid(context, "reference.depthwise_conv_2d_hybrid", layout, geometry.batches, /*asymmetric=*/true,
                      [geometry, sums](const HybridBatch& numerics, const auto& operands, const RunContext& run) {
                        Convolve(geometry, numerics, 1, operands, run.Scratch<HybridSum::Sum>(sums));
                      });
  }
  return DispatchNumerics<FixedPointRescaling>(context, layout, [&]<typename Numerics>(const Numerics& numerics) {
    using Sum = typename Numerics::Sum;
    const int sums = context.RequestScratch(channels * sizeof(Sum));
    return context.Emit("reference.depthwise_conv_2d", [geometry, numerics, sums](const RunContext& run) -> Status {
      Convolve(geometry, numerics, geometry.batches, Operands<Numerics>(run), run.Scratch<Sum>(sums));
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
