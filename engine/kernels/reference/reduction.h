// Which axes of the input a reduction folds into one element, and the walk over all elements in their order.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/kernels/reference/axes.h"
#include "engine/kernels/reference/elements.h"

namespace tfld::engine::reference {

struct Reduction {
  Shape input;
  Shape output;
  Strides strides{};  // how far apart an element's neighbours are in the output: 0 on reduced axes
  std::int64_t outputs = 1;
  std::int64_t elements = 1;  // that make one output

  // function(accumulator of its output, element) for all elements, in order.
  template <typename T, typename Accumulator, typename Function>
  void Fold(const T* elements_of_input, Accumulator* accumulators, Function function) const {
    if (input.NumElements() > 0) Walk(elements_of_input, accumulators, function, 0);
  }

 private:
  template <typename T, typename Accumulator, typename Function>
  void Walk(const T*& element, Accumulator* accumulators, Function& function, int axis) const {
    const std::int64_t size = axis < input.rank() ? input.dim(axis) : 1;
    const std::int64_t stride = strides[static_cast<std::size_t>(axis)];
    for (std::int64_t i = 0; i < size; ++i) {
      if (axis + 1 < input.rank()) {
        Walk(element, accumulators + i * stride, function, axis + 1);
      } else {
        function(accumulators[i * stride], *element++);
      }
    }
  }
};

// For a node with its axes as constant input 1 and ReducerAttributes.
inline Result<Reduction> MakeReduction(const OpContext& context) {
  constexpr int kAxes = 1;
  Reduction reduction;
  reduction.input = context.Input(0).shape;
  const int rank = reduction.input.rank();
  TFLD_ASSIGN_OR_RETURN(const auto axes, context.ConstantInts(kAxes));
  std::array<bool, kMaxRank> reduced{};
  for (const std::int32_t axis : axes) {
    if (rank == 0) break;  // nothing to reduce in a scalar
    TFLD_ASSIGN_OR_RETURN(const int resolved, ResolveAxis(context, axis, rank));
    reduced[static_cast<std::size_t>(resolved)] = true;
  }
  for (int axis = rank - 1; axis >= 0; --axis) {
    const auto at = static_cast<std::size_t>(axis);
    (reduced[at] ? reduction.elements : reduction.outputs) *= reduction.input.dim(axis);
    reduction.strides[at] = reduced[at] ? 0 : reduction.outputs / std::max(1, reduction.input.dim(axis));
  }
  const bool keep = context.attributes<ReducerAttributes>().keep_dims;
  for (int axis = 0; axis < rank; ++axis) {
    const bool gone = reduced[static_cast<std::size_t>(axis)];
    if (!gone || keep) reduction.output.Append(gone ? 1 : reduction.input.dim(axis));
  }
  return reduction;
}

}  // namespace tfld::engine::reference
