#include "engine/tensor/shape.h"

#include <algorithm>

#include "engine/base/checked_math.h"
#include "engine/base/str_cat.h"

namespace tfld::engine {

Shape::Shape(std::span<const std::int32_t> dims)
    : rank_(static_cast<int>(std::min<std::size_t>(dims.size(), kMaxRank))) {
  std::copy_n(dims.begin(), rank_, dims_.begin());
}

Result<Shape> Shape::Make(std::span<const std::int32_t> dims) {
  if (dims.size() > kMaxRank) return InvalidArgument(StrCat("rank ", dims.size(), " is over the limit of ", kMaxRank));
  Shape shape(dims);
  TFLD_RETURN_IF_ERROR(shape.Validate());
  return shape;
}

Status Shape::Validate() const {
  std::int64_t count = 1;
  for (const std::int32_t size : dims()) {
    if (size < 0) return InvalidArgument(StrCat("shape ", ToString(), " has a negative dimension"));
    const auto product = CheckedMul<std::int64_t>(count, std::max(size, 1));
    if (!product || *product > kMaxElements)
      return InvalidArgument(StrCat("shape ", ToString(), " has too many elements"));
    count = *product;
  }
  return {};
}

void Shape::Append(std::int32_t size) { dims_[static_cast<std::size_t>(rank_++)] = size; }

std::int64_t Shape::Product(int first, int last) const {
  std::int64_t product = 1;
  for (int axis = first; axis < last; ++axis) product *= dim(axis);
  return product;
}

bool Shape::operator==(const Shape& other) const { return std::ranges::equal(dims(), other.dims()); }

std::string Shape::ToString() const {
  std::string out = "[";
  for (int axis = 0; axis < rank_; ++axis) {
    if (axis > 0) out += ", ";
    out += std::to_string(dim(axis));
  }
  return out + "]";
}

}  // namespace tfld::engine
