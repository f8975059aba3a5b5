// A window that slides over the rows and columns of images [n, h, w, c]: the geometry that the two-dimensional
// convolutions share.
#pragma once

#include <cstdint>

#include "engine/kernels/reference/window.h"

namespace tfld::engine::reference {

struct ImageWindow {
  WindowAxis y, x;
  std::int64_t batches = 0, channels = 0;  // of the input

  std::int64_t image_size() const { return y.input * x.input * channels; }
  std::int64_t taps() const { return y.taps * x.taps; }
  Shape OutputShape(std::int32_t output_channels) const {
    return {static_cast<std::int32_t>(batches), static_cast<std::int32_t>(y.output),
            static_cast<std::int32_t>(x.output), output_channels};
  }

  // Calls function(pixel, tap) for the taps that lie inside of the image when the window's first tap lies at
  // (origin_y, origin_x): where the pixel's channels begin in the image, and the number of the tap in the filter.
  template <typename Function>
  void ForEachTap(std::int64_t origin_y, std::int64_t origin_x, Function&& function) const {
    const std::int64_t first_x = x.FirstTap(origin_x), end_x = x.EndTap(origin_x);
    for (std::int64_t ky = y.FirstTap(origin_y); ky < y.EndTap(origin_y); ++ky) {
      const std::int64_t row = (origin_y + ky * y.dilation) * x.input;
      for (std::int64_t kx = first_x; kx < end_x; ++kx) {
        function((row + origin_x + kx * x.dilation) * channels, ky * x.taps + kx);
      }
    }
  }
};

// For an image (input 0) and filters (input 1) that have their height and width on axes 1 and 2.
template <typename WindowAttributes>
Result<ImageWindow> MakeImageWindow(const OpContext& context, const WindowAttributes& attributes) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 4, 4));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(1, 4, 4));
  const Shape& image = context.Input(0).shape;
  const Shape& filter = context.Input(1).shape;
  ImageWindow window{.y = {}, .x = {}, .batches = image.dim(0), .channels = image.dim(3)};
  TFLD_ASSIGN_OR_RETURN(window.y, MakeWindowAxis(context, attributes.padding, image.dim(1), filter.dim(1),
                                                 attributes.stride_h, attributes.dilation_h));
  TFLD_ASSIGN_OR_RETURN(window.x, MakeWindowAxis(context, attributes.padding, image.dim(2), filter.dim(2),
                                                 attributes.stride_w, attributes.dilation_w));
  return window;
}

}  // namespace tfld::engine::reference
