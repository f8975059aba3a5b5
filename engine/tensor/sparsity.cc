#include "engine/tensor/sparsity.h"

#include <cstring>

namespace tfld::engine {
namespace {

struct Expansion {
  const Sparsity& sparsity;
  std::size_t element_bytes;
  const std::byte* stored;
  std::byte* dense;

  // `entry` is the number of this subtree among those of its level, `offset` its first element in the dense tensor.
  void Expand(std::size_t depth, std::int64_t entry, std::int64_t offset) const {
    if (depth == sparsity.levels.size()) {
      std::memcpy(dense + static_cast<std::size_t>(offset) * element_bytes,
                  stored + static_cast<std::size_t>(entry) * element_bytes, element_bytes);
      return;
    }
    const Sparsity::Level& level = sparsity.levels[depth];
    if (!level.is_sparse) {
      for (std::int64_t i = 0; i < level.size; ++i) {
        Expand(depth + 1, entry * level.size + i, offset + i * level.step);
      }
      return;
    }
    const auto segment = static_cast<std::size_t>(entry);
    for (std::int32_t i = level.segments[segment]; i < level.segments[segment + 1]; ++i) {
      Expand(depth + 1, i, offset + level.indices[static_cast<std::size_t>(i)] * level.step);
    }
  }
};

}  // namespace

void ExpandSparse(const Sparsity& sparsity, std::size_t element_bytes, const std::byte* stored, std::byte* dense,
                  std::int64_t dense_count) {
  if (dense_count == 0) return;
  std::memset(dense, 0, static_cast<std::size_t>(dense_count) * element_bytes);
  Expansion{sparsity, element_bytes, stored, dense}.Expand(0, 0, 0);
}

}  // namespace tfld::engine
