#include "engine/model/sparsity_importer.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/base/checked_math.h"
#include "engine/base/str_cat.h"

namespace tfld::engine {
namespace {

template <typename Vector>
std::vector<std::int32_t> Widen(const Vector* wire) {
  if (wire == nullptr || wire->values() == nullptr) return {};
  return {wire->values()->begin(), wire->values()->end()};
}

std::vector<std::int32_t> Integers(wire::SparseIndexVector type, const void* wire) {
  switch (type) {
    case wire::SparseIndexVector_Int32Vector: return Widen(static_cast<const wire::Int32Vector*>(wire));
    case wire::SparseIndexVector_Uint16Vector: return Widen(static_cast<const wire::Uint16Vector*>(wire));
    case wire::SparseIndexVector_Uint8Vector: return Widen(static_cast<const wire::Uint8Vector*>(wire));
    default: return {};
  }
}

// A sparse level under `entries` entries: each has a segment, and a segment's indices ascend.
Status CheckIndices(const Sparsity::Level& level, std::int64_t entries) {
  const auto& segments = level.segments;
  if (static_cast<std::int64_t>(segments.size()) != entries + 1) {
    return InvalidArgument(StrCat("has ", segments.size(), " segment bounds; expected ", entries + 1));
  }
  if (segments.front() != 0 || segments.back() != static_cast<std::int64_t>(level.indices.size())) {
    return InvalidArgument(StrCat("has segments from ", segments.front(), " to ", segments.back(), " for ",
                                  level.indices.size(), " indices"));
  }
  for (std::size_t k = 0; k + 1 < segments.size(); ++k) {
    if (segments[k] > segments[k + 1]) return InvalidArgument("has segments that do not ascend");
  }
  for (std::size_t k = 0; k + 1 < segments.size(); ++k) {
    std::int64_t last = -1;
    for (std::int32_t i = segments[k]; i < segments[k + 1]; ++i) {
      const std::int32_t index = level.indices[static_cast<std::size_t>(i)];
      if (index <= last || index >= level.size) {
        return InvalidArgument(StrCat("has index ", index, " after ", last, "; its size is ", level.size));
      }
      last = index;
    }
  }
  return {};
}

class SparsityImporter {
 public:
  SparsityImporter(const wire::SparsityParameters& wire, const Shape& shape) : wire_(wire), shape_(shape) {}

  Result<std::shared_ptr<const Sparsity>> Run() {
    TFLD_RETURN_IF_ERROR(CheckOrder());
    TFLD_RETURN_IF_ERROR(ReadBlocks());
    auto sparsity = std::make_shared<Sparsity>();
    std::int64_t entries = 1;
    for (int position = 0; position < num_levels_; ++position) {
      auto level = ReadLevel(position, entries);
      if (!level.ok()) return level.status().WithContext(StrCat("level ", position, " of its sparse encoding"));
      const auto next = level->is_sparse ? static_cast<std::int64_t>(level->indices.size())
                                         : CheckedMul<std::int64_t>(entries, level->size).value_or(-1);
      if (next < 0 || next > kMaxElements) return InvalidArgument("a sparse encoding of too many elements");
      entries = next;
      sparsity->levels.push_back(std::move(level).value());
    }
    sparsity->stored = entries;
    return std::shared_ptr<const Sparsity>(std::move(sparsity));
  }

 private:
  static constexpr int kMaxLevels = 2 * kMaxRank;

  int rank() const { return shape_.rank(); }
  const wire::DimensionMetadata& Metadata(int position) const {
    return *wire_.dim_metadata()->Get(static_cast<unsigned>(position));
  }

  // The order has every dimension once, then every block once.
  Status CheckOrder() {
    const auto* order = wire_.traversal_order();
    const auto* levels = wire_.dim_metadata();
    const auto* blocks = wire_.block_map();
    num_blocks_ = blocks == nullptr ? 0 : static_cast<int>(std::min<std::size_t>(blocks->size(), kMaxLevels));
    num_levels_ = rank() + num_blocks_;
    if (order == nullptr || levels == nullptr || num_levels_ > kMaxLevels ||
        static_cast<int>(order->size()) != num_levels_ || static_cast<int>(levels->size()) != num_levels_) {
      return InvalidArgument(StrCat("a sparse encoding with ", order == nullptr ? 0 : order->size(), " dimensions and ",
                                    levels == nullptr ? 0 : levels->size(), " levels; expected ", num_levels_));
    }
    std::vector<bool> seen(static_cast<std::size_t>(num_levels_), false);
    for (int position = 0; position < num_levels_; ++position) {
      const std::int32_t dimension = order->Get(static_cast<unsigned>(position));
      const int low = position < rank() ? 0 : rank(), high = position < rank() ? rank() : num_levels_;
      if (dimension < low || dimension >= high || seen[static_cast<std::size_t>(dimension)]) {
        return InvalidArgument(
            StrCat("a sparse encoding that traverses dimension ", dimension, " in place ", position));
      }
      seen[static_cast<std::size_t>(dimension)] = true;
      order_.push_back(dimension);
    }
    return {};
  }

  // What axis each block divides, and how far apart its positions are on that axis, from the innermost out.
  Status ReadBlocks() {
    axis_step_.assign(static_cast<std::size_t>(rank()), 1);
    block_step_.assign(static_cast<std::size_t>(num_blocks_), 1);
    for (int position = num_levels_ - 1; position >= rank(); --position) {
      const auto block = static_cast<std::size_t>(order_[static_cast<std::size_t>(position)] - rank());
      const std::int32_t axis = wire_.block_map()->Get(static_cast<unsigned>(block));
      const std::int64_t size = Metadata(position).dense_size();
      if (axis < 0 || axis >= rank()) return InvalidArgument(StrCat("a block of dimension ", axis));
      std::int64_t& step = axis_step_[static_cast<std::size_t>(axis)];
      if (Metadata(position).format() != wire::DimensionType_DENSE || size < 1 ||
          shape_.dim(axis) % (step * size) != 0) {
        return InvalidArgument(
            StrCat("blocks of ", size, " do not divide dimension ", axis, " of shape ", shape_.ToString()));
      }
      block_step_[block] = step;
      step *= size;  // divides a dimension, so it stays below 2^31 (or the dimension is empty)
      if (step > std::int64_t{1} << 31) return InvalidArgument("blocks that are too large");
    }
    return {};
  }

  Result<Sparsity::Level> ReadLevel(int position, std::int64_t entries) const {
    const wire::DimensionMetadata& wire = Metadata(position);
    const std::int32_t dimension = order_[static_cast<std::size_t>(position)];
    Sparsity::Level level;
    if (dimension < rank()) {
      const std::int64_t axis_step = axis_step_[static_cast<std::size_t>(dimension)];
      level.size = shape_.dim(dimension) / axis_step;
      level.step = axis_step * shape_.Product(dimension + 1, rank());
    } else {
      const auto block = static_cast<std::size_t>(dimension - rank());
      const std::int32_t axis = wire_.block_map()->Get(static_cast<unsigned>(block));
      level.size = wire.dense_size();
      level.step = block_step_[block] * shape_.Product(axis + 1, rank());
    }
    if (wire.format() == wire::DimensionType_DENSE) {
      if (wire.dense_size() == level.size) return level;
      return InvalidArgument(StrCat("has size ", wire.dense_size(), "; expected ", level.size));
    }
    if (wire.format() != wire::DimensionType_SPARSE_CSR) return InvalidArgument("has an unknown format");
    level.is_sparse = true;
    level.segments = Integers(wire.array_segments_type(), wire.array_segments());
    level.indices = Integers(wire.array_indices_type(), wire.array_indices());
    TFLD_RETURN_IF_ERROR(CheckIndices(level, entries));
    return level;
  }

  const wire::SparsityParameters& wire_;
  const Shape& shape_;
  int num_levels_ = 0, num_blocks_ = 0;
  std::vector<std::int32_t> order_;       // the dimension at each level; blocks count on from the rank
  std::vector<std::int64_t> axis_step_;   // product of the blocks of an axis
  std::vector<std::int64_t> block_step_;  // product of the blocks of the same axis further in
};

}  // namespace

Result<std::shared_ptr<const Sparsity>> ImportSparsity(const wire::SparsityParameters* parameters, const Shape& shape) {
  if (parameters == nullptr) return std::shared_ptr<const Sparsity>();
  return SparsityImporter(*parameters, shape).Run();
}

}  // namespace tfld::engine
