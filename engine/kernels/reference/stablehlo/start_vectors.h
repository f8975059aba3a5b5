// How STABLEHLO_GATHER and STABLEHLO_SCATTER find places: a tensor of index vectors, whose components lie along one of
// its dimensions (or are its elements, when that dimension is one past the last). The other dimensions are batches.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"
#include "engine/kernels/reference/elements.h"

namespace tfld::engine::reference {

using Position = std::array<std::int64_t, kMaxRank>;

// Steps through all positions of a shape, the last axis first; false after the last one.
inline bool NextPosition(const Shape& shape, Position& position) {
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    auto& index = position[static_cast<std::size_t>(axis)];
    if (++index < shape.dim(axis)) return true;
    index = 0;
  }
  return false;
}

// Each of `dims` once, within [0, rank).
inline Status CheckDims(const OpContext& context, std::string_view what, const std::vector<std::int64_t>& dims,
                        int rank) {
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const bool again = std::find(dims.begin(), dims.begin() + static_cast<std::ptrdiff_t>(i), dims[i]) !=
                       dims.begin() + static_cast<std::ptrdiff_t>(i);
    if (dims[i] < 0 || dims[i] >= rank || again) {
      return context.Error(StrCat(what, " has dimension ", dims[i], ", of ", rank, again ? ", twice" : ""));
    }
  }
  return {};
}

inline bool Contains(const std::vector<std::int64_t>& dims, int dim) {
  return std::find(dims.begin(), dims.end(), dim) != dims.end();
}

// The dimensions of [0, rank) that are not among `dims`.
inline std::vector<int> OtherDims(const std::vector<std::int64_t>& dims, int rank) {
  std::vector<int> others;
  for (int dim = 0; dim < rank; ++dim) {
    if (!Contains(dims, dim)) others.push_back(dim);
  }
  return others;
}

struct StartVectors {
  std::vector<std::int32_t> batch_sizes;
  std::vector<std::int64_t> batch_strides;
  std::int64_t component_stride = 0;
  std::vector<int> axes;  // of the operand, one a component

  static Result<StartVectors> Make(const OpContext& context, int input, std::int64_t vector_dim,
                                   const std::vector<std::int64_t>& axes, int operand_rank) {
    const Shape& shape = context.Input(input).shape;
    TFLD_RETURN_IF_ERROR(context.RequireInputType(input, {ElementType::kInt32, ElementType::kInt64}));
    TFLD_RETURN_IF_ERROR(CheckDims(context, "the index map", axes, operand_rank));
    if (vector_dim < 0 || vector_dim > shape.rank()) {
      return context.Error(StrCat("index_vector_dim ", vector_dim, " of indices ", shape.ToString()));
    }
    const int dim = static_cast<int>(vector_dim);
    const std::int64_t components = dim == shape.rank() ? 1 : shape.dim(dim);
    if (components != static_cast<std::int64_t>(axes.size())) {
      return context.Error(StrCat("index vectors of ", components, " for ", axes.size(), " axes"));
    }
    StartVectors result;
    const Strides strides = DenseStrides(shape);
    for (int i = 0; i < shape.rank(); ++i) {
      const std::int64_t stride = strides[static_cast<std::size_t>(i)];
      if (i == dim) {
        result.component_stride = stride;
      } else {
        result.batch_sizes.push_back(shape.dim(i));
        result.batch_strides.push_back(stride);
      }
    }
    result.axes.assign(axes.begin(), axes.end());
    return result;
  }

  // Where the vector at `offset` (the sum of batch indices times their strides) points to; 0 on the other axes.
  template <typename Index>
  Position Read(const Index* indices, std::int64_t offset) const {
    Position position{};
    for (std::size_t i = 0; i < axes.size(); ++i) {
      position[static_cast<std::size_t>(axes[i])] = indices[offset + static_cast<std::int64_t>(i) * component_stride];
    }
    return position;
  }
};

}  // namespace tfld::engine::reference
