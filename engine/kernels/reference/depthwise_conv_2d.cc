// DEPTHWISE_CONV_2D: input [n, h, w, c], filter [1, kh, kw, c * m], bias [c * m] -> [n, oh, ow, c * m].
//
// Output channel c * m + i is input channel c under its i-th filter. The multiplier m follows from the shapes.
#include <algorithm>

#include "engine/kernels/reference/hybrid.h"
#include "engine/kernels/reference/image_window.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

struct Geometry {
  ImageWindow window;
  std::int64_t multiplier = 1;

  std::int64_t output_channels() const { return window.channels * multiplier; }
};

Result<Geometry> MakeGeometry(const OpContext& context) {
  Geometry geometry;
  TFLD_ASSIGN_OR_RETURN(geometry.window, MakeImageWindow(context, context.attributes<DepthwiseConv2dAttributes>()));
  const Shape& input = context.Input(0).shape;
  const Shape& filter = context.Input(kWeightsInput).shape;
  if (filter.dim(0) != 1 || input.dim(3) == 0 || filter.dim(3) == 0 || filter.dim(3) % input.dim(3) != 0) {
    return context.Error(StrCat("filter of shape ", filter.ToString(), " does not fit to input ", input.ToString()));
  }
  geometry.multiplier = filter.dim(3) / input.dim(3);
  return geometry;
}

// Adds the products of one input pixel and one tap's weights to the sums of all output channels.
template <typename Numerics>
void AddTap(const Geometry& g, const Numerics& numerics, const typename Numerics::Input* pixel,
            const typename Numerics::Weight* weights, typename Numerics::Sum* sums) {
  const std::int64_t channels = g.window.channels;
  if (g.multiplier == 1) {
    for (std::int64_t c = 0; c < channels; ++c) sums[c] += numerics.Product(pixel[c], weights[c]);
    return;
  }
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t i = c * g.multiplier; i < (c + 1) * g.multiplier; ++i) {
      sums[i] += numerics.Product(pixel[c], weights[i]);
    }
  }
}

template <typename Numerics, typename Pointers>
void Convolve(const Geometry& g, const Numerics& numerics, std::int64_t batches, const Pointers& operands,
              typename Numerics::Sum* sums) {
  const ImageWindow& window = g.window;
  auto* output = operands.output;
  for (std::int64_t n = 0; n < batches; ++n) {
    const auto* image = operands.input + n * window.image_size();
    for (std::int64_t y = 0; y < window.y.output; ++y) {
      for (std::int64_t x = 0; x < window.x.output; ++x) {
        std::fill_n(sums, g.output_channels(), typename Numerics::Sum{});
        window.ForEachTap(window.y.Origin(y), window.x.Origin(x), [&](std::int64_t pixel, std::int64_t tap) {
          AddTap(g, numerics, image + pixel, operands.weights + tap * g.output_channels(), sums);
        });
        for (std::int64_t c = 0; c < g.output_channels(); ++c) *output++ = numerics.Finish(sums[c], operands.bias, c);
      }
    }
  }
}

}  // namespace

Status InferDepthwiseConv2d(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context));
  return context.SetOutputShape(0, geometry.window.OutputShape(context.Input(kWeightsInput).shape.dim(3)));
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
    return EmitHybrid(context, "reference.depthwise_conv_2d_hybrid", layout, geometry.window.batches,
                      /*asymmetric=*/true,
                      [geometry, sums](const HybridBatch& numerics, const auto& operands, const RunContext& run) {
                        Convolve(geometry, numerics, 1, operands, run.Scratch<HybridSum::Sum>(sums));
                      });
  }
  return DispatchNumerics<FixedPointRescaling>(
      context, layout, [&]<typename Numerics>(const Numerics& numerics, const auto& operands) {
        using Sum = typename Numerics::Sum;
        const int sums = context.RequestScratch(channels * sizeof(Sum));
        return context.Emit(
            "reference.depthwise_conv_2d", [geometry, numerics, operands, sums](const RunContext& run) -> Status {
              Convolve(geometry, numerics, geometry.window.batches, operands(run), run.Scratch<Sum>(sums));
              return {};
            });
      });
}

}  // namespace tfld::engine::reference
