// The geometry of transposed convolutions: each input pixel spreads over a window of the output.
//
// A WindowAxis describes the convolution whose gradient this is: its "input" is the larger image that is computed here,
// its "output" the smaller one that comes in.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/kernels/reference/weighted_sum.h"
#include "engine/kernels/reference/window.h"

namespace tfld::engine::reference {

struct TransposedWindow {
  WindowAxis y, x;
  std::int64_t batches = 0;
  std::int64_t input_channels = 0, output_channels = 0;

  std::int64_t input_size() const { return y.output * x.output * input_channels; }
  std::int64_t output_pixels() const { return y.input * x.input; }
  std::int64_t output_size() const { return output_pixels() * output_channels; }
  std::int64_t filter_size() const { return y.taps * x.taps * input_channels; }
  Shape OutputShape() const {
    return {static_cast<std::int32_t>(batches), static_cast<std::int32_t>(y.input), static_cast<std::int32_t>(x.input),
            static_cast<std::int32_t>(output_channels)};
  }
};

// Adds what one input pixel gives to the output pixel under one tap. `weights` is that tap in the first filter.
template <typename Numerics>
void AddTransposedTap(const Numerics& numerics, const typename Numerics::Input* pixel,
                      const typename Numerics::Weight* weights, std::int64_t channels, std::int64_t filter_stride,
                      std::int64_t filters, typename Numerics::Sum* sums) {
  for (std::int64_t f = 0; f < filters; ++f) {
    typename Numerics::Sum sum = sums[f];
    const auto* filter = weights + f * filter_stride;
    for (std::int64_t c = 0; c < channels; ++c) sum += numerics.Product(pixel[c], filter[c]);
    sums[f] = sum;
  }
}

// One image. `sums` has room for output_size() of them.
template <typename Numerics>
void ConvolveTransposed(const TransposedWindow& w, const Numerics& numerics, const typename Numerics::Input* image,
                        const typename Numerics::Weight* weights, typename Numerics::Sum* sums) {
  std::fill_n(sums, w.output_size(), typename Numerics::Sum{});
  if (w.input_size() == 0 || w.output_size() == 0) return;
  for (std::int64_t y = 0; y < w.y.output; ++y) {
    for (std::int64_t x = 0; x < w.x.output; ++x, image += w.input_channels) {
      const std::int64_t top = w.y.Origin(y), left = w.x.Origin(x);
      for (std::int64_t ky = w.y.FirstTap(top); ky < w.y.EndTap(top); ++ky) {
        for (std::int64_t kx = w.x.FirstTap(left); kx < w.x.EndTap(left); ++kx) {
          AddTransposedTap(numerics, image, weights + (ky * w.x.taps + kx) * w.input_channels, w.input_channels,
                           w.filter_size(), w.output_channels,
                           sums + ((top + ky) * w.x.input + left + kx) * w.output_channels);
        }
      }
    }
  }
}

// All images: sums, then results.
template <typename Numerics, typename Pointers>
void ConvolveTransposedBatches(const TransposedWindow& w, const Numerics& numerics, std::int64_t batches,
                               const Pointers& operands, typename Numerics::Sum* sums) {
  auto* output = operands.output;
  for (std::int64_t n = 0; n < batches; ++n) {
    ConvolveTransposed(w, numerics, operands.input + n * w.input_size(), operands.weights, sums);
    const auto* sum = sums;
    if (w.output_channels == 0) return;
    for (std::int64_t pixel = 0; pixel < w.output_pixels(); ++pixel) {
      for (std::int64_t f = 0; f < w.output_channels; ++f) *output++ = numerics.Finish(*sum++, operands.bias, f);
    }
  }
}

}  // namespace tfld::engine::reference
