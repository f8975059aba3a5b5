// A window that slides through volumes [n, d, h, w, c], for CONV_3D and its transpose. Filters [kd, kh, kw, ..].
#pragma once

#include <cstdint>

#include "engine/kernels/reference/window.h"

namespace tfld::engine::reference {

struct VolumePosition {
  std::int64_t z, y, x;
};

struct VolumeWindow {
  WindowAxis z, y, x;

  std::int64_t input_voxels() const { return z.input * y.input * x.input; }
  std::int64_t output_voxels() const { return z.output * y.output * x.output; }

  // Calls function(origin) for each position of the window, in the order of the outputs.
  template <typename Function>
  void ForEachOutput(Function&& function) const {
    for (std::int64_t i = 0; i < z.output; ++i) {
      for (std::int64_t j = 0; j < y.output; ++j) {
        for (std::int64_t k = 0; k < x.output; ++k) {
          function(VolumePosition{.z = z.Origin(i), .y = y.Origin(j), .x = x.Origin(k)});
        }
      }
    }
  }

  // Calls function(voxel, tap) for the taps that lie inside of the volume.
  template <typename Function>
  void ForEachTap(const VolumePosition& origin, Function&& function) const {
    for (std::int64_t i = z.FirstTap(origin.z); i < z.EndTap(origin.z); ++i) {
      for (std::int64_t j = y.FirstTap(origin.y); j < y.EndTap(origin.y); ++j) {
        const std::int64_t row = ((origin.z + i * z.dilation) * y.input + origin.y + j * y.dilation) * x.input;
        for (std::int64_t k = x.FirstTap(origin.x); k < x.EndTap(origin.x); ++k) {
          function(row + origin.x + k * x.dilation, (i * y.taps + j) * x.taps + k);
        }
      }
    }
  }
};

// The window of a convolution over `volume`, which is the input of CONV_3D and the output of CONV_3D_TRANSPOSE.
inline Result<VolumeWindow> MakeVolumeWindow(const OpContext& context, const Shape& volume, const Shape& filter) {
  const auto& attributes = context.attributes<Conv3dAttributes>();
  const Padding padding = attributes.padding;
  VolumeWindow window;
  TFLD_ASSIGN_OR_RETURN(window.z, MakeWindowAxis(context, padding, volume.dim(1), filter.dim(0), attributes.stride_d,
                                                 attributes.dilation_d));
  TFLD_ASSIGN_OR_RETURN(window.y, MakeWindowAxis(context, padding, volume.dim(2), filter.dim(1), attributes.stride_h,
                                                 attributes.dilation_h));
  TFLD_ASSIGN_OR_RETURN(window.x, MakeWindowAxis(context, padding, volume.dim(3), filter.dim(2), attributes.stride_w,
                                                 attributes.dilation_w));
  return window;
}

}  // namespace tfld::engine::reference
