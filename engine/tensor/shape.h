// Shape: the dimensions of a tensor, outermost first. Images are NHWC: [batch, height, width, channels].
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include "engine/base/result.h"

namespace tfld::engine {

inline constexpr int kMaxRank = 8;
// No tensor has more elements than this, so that no size computed from a Shape overflows 64 bits.
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 40;

// A value of fixed size: copying it allocates nothing. Dimensions are not negative. Rank 0 is a scalar (one element).
class Shape {
 public:
  Shape() = default;
  // For dimensions that are known to be good; sizes that come from outside go through Make.
  Shape(std::initializer_list<std::int32_t> dims) : Shape(std::span(dims.begin(), dims.size())) {}
  explicit Shape(std::span<const std::int32_t> dims);

  // INVALID_ARGUMENT for a rank over kMaxRank, a negative dimension, or more than kMaxElements elements.
  static Result<Shape> Make(std::span<const std::int32_t> dims);
  // The same check on a shape that was computed.
  Status Validate() const;

  int rank() const { return rank_; }
  std::int32_t dim(int axis) const { return dims_[static_cast<std::size_t>(axis)]; }
  void set_dim(int axis, std::int32_t size) { dims_[static_cast<std::size_t>(axis)] = size; }
  void Append(std::int32_t size);  // rank() < kMaxRank
  std::span<const std::int32_t> dims() const { return {dims_.data(), static_cast<std::size_t>(rank_)}; }

  // The product of all dimensions; 1 for a scalar.
  std::int64_t NumElements() const { return Product(0, rank_); }
  // The product of the dimensions [first, last).
  std::int64_t Product(int first, int last) const;
  // The dimension at `axis` of this shape extended with ones in front to `rank` (NumPy's broadcasting).
  std::int32_t ExtendedDim(int axis, int rank) const { return axis < rank - rank_ ? 1 : dim(axis - (rank - rank_)); }

  bool operator==(const Shape& other) const;
  std::string ToString() const;  // "[1, 49, 10, 1]"

 private:
  std::array<std::int32_t, kMaxRank> dims_{};
  int rank_ = 0;
};

}  // namespace tfld::engine
