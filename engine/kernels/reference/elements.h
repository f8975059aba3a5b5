// Moving elements between tensors of different order: the common loop of TRANSPOSE, STRIDED_SLICE and PAD.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "engine/tensor/shape.h"

namespace tfld::engine::reference {

// For each axis of a tensor, how many elements apart neighbours on that axis are.
using Strides = std::array<std::int64_t, kMaxRank>;

inline Strides DenseStrides(const Shape& shape) {
  Strides strides{};
  std::int64_t stride = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    strides[static_cast<std::size_t>(axis)] = stride;
    stride *= shape.dim(axis);
  }
  return strides;
}

// A box of elements to copy, and how far apart they lie on both sides.
struct StridedBox {
  Shape shape;
  Strides from{};
  Strides to{};
};

// `from` and `to` are pointers, or what stands for them when elements have no address (movable.h).
template <typename From, typename To>
void CopyBox(const StridedBox& box, From from, To to, int axis = 0) {
  if (axis == box.shape.rank()) {
    *to = *from;
    return;
  }
  const auto at = static_cast<std::size_t>(axis);
  const std::int64_t size = box.shape.dim(axis), from_stride = box.from[at], to_stride = box.to[at];
  if (axis + 1 < box.shape.rank()) {
    for (std::int64_t i = 0; i < size; ++i) CopyBox(box, from + i * from_stride, to + i * to_stride, axis + 1);
  } else if (std::is_pointer_v<From> && from_stride == 1 && to_stride == 1 && size > 0) {
    if constexpr (std::is_pointer_v<From>) std::memcpy(to, from, static_cast<std::size_t>(size) * sizeof(*from));
  } else {
    for (std::int64_t i = 0; i < size; ++i) to[i * to_stride] = from[i * from_stride];
  }
}

}  // namespace tfld::engine::reference
