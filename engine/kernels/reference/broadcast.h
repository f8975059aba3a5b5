// NumPy's broadcasting of two tensors: missing leading dimensions count as 1, and a dimension of 1 repeats.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

inline Result<Shape> BroadcastShape(const OpContext& context, const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  Shape shape;
  for (int axis = 0; axis < rank; ++axis) {
    const std::int32_t size_a = a.ExtendedDim(axis, rank);
    const std::int32_t size_b = b.ExtendedDim(axis, rank);
    if (size_a != size_b && size_a != 1 && size_b != 1) {
      return context.Error(StrCat("shapes ", a.ToString(), " and ", b.ToString(), " cannot be broadcast"));
    }
    shape.Append(size_a == 1 ? size_b : size_a);
  }
  return shape;
}

// How to walk both operands in the order of the output. Neighbouring axes that repeat alike are merged into one.
class Broadcast {
 public:
  Broadcast(const Shape& a, const Shape& b) {
    const int rank = std::max(a.rank(), b.rank());
    for (int axis = 0; axis < rank; ++axis) Append(a.ExtendedDim(axis, rank), b.ExtendedDim(axis, rank));
    rank_ = std::max(rank_, 1);  // a single element is one axis of size 1
    std::int64_t stride_a = 1, stride_b = 1;
    for (int axis = rank_ - 1; axis >= 0; --axis) {
      Axis& here = axes_[static_cast<std::size_t>(axis)];
      here.stride_a = here.size_a == 1 ? 0 : stride_a;
      here.stride_b = here.size_b == 1 ? 0 : stride_b;
      stride_a *= here.size_a;
      stride_b *= here.size_b;
      count_ *= here.size;
    }
  }

  // output[i] = function(a[..], b[..]) for all elements of the output, in order.
  template <typename A, typename B, typename Out, typename Function>
  void Apply(const A* a, const B* b, Out* output, Function function) const {
    if (count_ > 0) Walk(0, a, b, output, function);
  }

 private:
  struct Axis {
    std::int64_t size = 1, size_a = 1, size_b = 1;
    std::int64_t stride_a = 0, stride_b = 0;
  };

  void Append(std::int64_t size_a, std::int64_t size_b) {
    const std::int64_t size = size_a == 1 ? size_b : size_a;
    if (size == 1) return;
    if (rank_ > 0) {
      Axis& last = axes_[static_cast<std::size_t>(rank_ - 1)];
      if ((last.size_a == last.size) == (size_a == size) && (last.size_b == last.size) == (size_b == size)) {
        last = {.size = last.size * size, .size_a = last.size_a * size_a, .size_b = last.size_b * size_b};
        return;
      }
    }
    axes_[static_cast<std::size_t>(rank_++)] = {.size = size, .size_a = size_a, .size_b = size_b};
  }

  template <typename A, typename B, typename Out, typename Function>
  Out* Walk(int axis, const A* a, const B* b, Out* output, Function& function) const {
    const Axis& here = axes_[static_cast<std::size_t>(axis)];
    if (axis + 1 < rank_) {
      for (std::int64_t i = 0; i < here.size; ++i) {
        output = Walk(axis + 1, a + i * here.stride_a, b + i * here.stride_b, output, function);
      }
      return output;
    }
    for (std::int64_t i = 0; i < here.size; ++i) output[i] = function(a[i * here.stride_a], b[i * here.stride_b]);
    return output + here.size;
  }

  std::array<Axis, kMaxRank> axes_{};
  int rank_ = 0;
  std::int64_t count_ = 1;
};

}  // namespace tfld::engine::reference
