// One spatial axis of a convolution or a pooling: sizes, padding, and which taps of the window lie inside of the input.
//
// Source: TensorFlow's definition of SAME (the output has ceil(input / stride) positions, the smaller half of the
// padding stands before) and VALID (the window stays inside).
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

struct WindowAxis {
  std::int64_t input = 0;
  std::int64_t output = 0;
  std::int64_t taps = 0;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pad_before = 0;

  // Where tap 0 lies for an output position; tap t lies at Origin + t * dilation.
  std::int64_t Origin(std::int64_t position) const { return position * stride - pad_before; }
  // The taps [First, End) lie inside of the input.
  std::int64_t FirstTap(std::int64_t origin) const { return origin >= 0 ? 0 : (-origin + dilation - 1) / dilation; }
  std::int64_t EndTap(std::int64_t origin) const {
    return origin >= input ? 0 : std::min(taps, (input - origin + dilation - 1) / dilation);
  }
};

inline Result<WindowAxis> MakeWindowAxis(const OpContext& context, Padding padding, std::int64_t input,
                                         std::int64_t taps, std::int64_t stride, std::int64_t dilation) {
  if (taps < 1 || stride < 1 || dilation < 1) {
    return context.Error(StrCat("window of ", taps, " taps with stride ", stride, " and dilation ", dilation));
  }
  const std::int64_t extent = (taps - 1) * dilation + 1;
  if (extent > std::numeric_limits<std::int32_t>::max()) {
    return context.Error(StrCat("window of ", taps, " taps with dilation ", dilation, " is too wide"));
  }
  WindowAxis axis{.input = input, .output = 0, .taps = taps, .stride = stride, .dilation = dilation, .pad_before = 0};
  if (padding == Padding::kSame) {
    axis.output = (input + stride - 1) / stride;
    axis.pad_before = std::max<std::int64_t>(0, (axis.output - 1) * stride + extent - input) / 2;
  } else {
    // A window that is wider than the input by less than two strides gives an output without positions.
    if (input - extent + stride <= -stride)
      return context.Error(StrCat("window of extent ", extent, " does not fit into an input of ", input));
    axis.output = std::max<std::int64_t>(0, input - extent + stride) / stride;
  }
  return axis;
}

}  // namespace tfld::engine::reference
