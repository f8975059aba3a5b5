// Folding what lies under a window that slides over all axes: the loop of REDUCE_WINDOW and STABLEHLO_REDUCE_WINDOW.
#pragma once

#include <array>
#include <cstdint>

#include "engine/tensor/shape.h"

namespace tfld::engine::reference {

// One axis. The input's elements lie base_dilation apart, with holes between them, behind pad_before places of padding
// (which may be negative: so many are cut off). Tap t of the window at position p lies in place
// p * stride + t * dilation.
struct ReductionAxis {
  std::int64_t input = 0, output = 0;
  std::int64_t taps = 1, stride = 1, dilation = 1;
  std::int64_t base_dilation = 1;
  std::int64_t pad_before = 0;

  // The element of the input in a place, or -1 for padding and holes.
  std::int64_t Element(std::int64_t place) const {
    const std::int64_t position = place - pad_before;
    if (position < 0 || position % base_dilation != 0) return -1;
    return position / base_dilation < input ? position / base_dilation : -1;
  }
};

struct ReductionWindow {
  std::array<ReductionAxis, kMaxRank> axes{};
  int rank = 0;

  // Output [positions] = fold of all taps, begun with `initial`, which also stands in padding and holes.
  template <typename T, typename Function>
  void Reduce(const T* input, T initial, T* output, const Function& function) const {
    for (int axis = 0; axis < rank; ++axis) {
      if (axes[static_cast<std::size_t>(axis)].output == 0) return;
    }
    Places places{};
    Slide(0, places, input, initial, output, function);
  }

 private:
  using Places = std::array<std::int64_t, kMaxRank>;

  template <typename T, typename Function>
  void Slide(int axis, Places& places, const T* input, T initial, T*& output, const Function& function) const {
    if (axis == rank) {
      T result = initial;
      Fold(0, places, 0, true, input, initial, result, function);
      *output++ = result;
      return;
    }
    const auto at = static_cast<std::size_t>(axis);
    for (std::int64_t position = 0; position < axes[at].output; ++position) {
      places[at] = position * axes[at].stride;
      Slide(axis + 1, places, input, initial, output, function);
    }
  }

  // `offset` counts elements of the input up to this axis; is_inside is false once a place has none.
  template <typename T, typename Function>
  void Fold(int axis, const Places& places, std::int64_t offset, bool is_inside, const T* input, T initial, T& result,
            const Function& function) const {
    if (axis == rank) {
      result = function(result, is_inside ? input[offset] : initial);
      return;
    }
    const ReductionAxis& here = axes[static_cast<std::size_t>(axis)];
    for (std::int64_t tap = 0; tap < here.taps; ++tap) {
      const std::int64_t element = here.Element(places[static_cast<std::size_t>(axis)] + tap * here.dilation);
      Fold(axis + 1, places, offset * here.input + element, is_inside && element >= 0, input, initial, result,
           function);
    }
  }
};

}  // namespace tfld::engine::reference
