// Tensors of indices whose last axis holds, for each place, the first coordinates in another tensor: those of GATHER_ND
// and SCATTER_ND.
#pragma once

#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"
#include "engine/kernels/reference/elements.h"

namespace tfld::engine::reference {

class IndexVectors {
 public:
  // `indices` into a tensor of shape `target`.
  static Result<IndexVectors> Make(const OpContext& context, const Shape& indices, const Shape& target) {
    if (indices.rank() == 0) return context.Error("the indices are a scalar; expected at least one axis");
    IndexVectors vectors;
    vectors.depth_ = indices.dim(indices.rank() - 1);
    if (vectors.depth_ > target.rank()) {
      return context.Error(
          StrCat("indices of shape ", indices.ToString(), " for a tensor of shape ", target.ToString()));
    }
    vectors.target_ = target;
    vectors.strides_ = DenseStrides(target);
    vectors.count_ = indices.Product(0, indices.rank() - 1);
    vectors.slice_size_ = target.Product(vectors.depth_, target.rank());
    return vectors;
  }

  int depth() const { return depth_; }                     // how many axes a vector names
  std::int64_t count() const { return count_; }            // vectors
  std::int64_t slice_size() const { return slice_size_; }  // elements behind each

  // Where the slice of vector `which` begins in the target; OUT_OF_RANGE when it is not in it.
  template <typename Index>
  Result<std::int64_t> Offset(const Index* indices, std::int64_t which) const {
    std::int64_t offset = 0;
    for (int axis = 0; axis < depth_; ++axis) {
      const std::int64_t index = indices[which * depth_ + axis];
      if (index < 0 || index >= target_.dim(axis)) {
        return OutOfRange(StrCat("index ", index, " is out of range for axis ", axis, " of ", target_.ToString()));
      }
      offset += index * strides_[static_cast<std::size_t>(axis)];
    }
    return offset;
  }

 private:
  IndexVectors() = default;

  Shape target_;
  Strides strides_{};
  int depth_ = 0;
  std::int64_t count_ = 0, slice_size_ = 0;
};

}  // namespace tfld::engine::reference
