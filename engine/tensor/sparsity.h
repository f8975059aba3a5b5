// How the elements of a mostly empty constant are stored: a tree of levels, of which some list only the positions that
// are there. Elements that are not stored are zero.
//
// Source: the .tflite format's SparsityParameters (dimensions and blocks in the order of their traversal, each dense or
// in compressed sparse rows). The importer has checked all of it against the tensor's shape and bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tfld::engine {

struct Sparsity {
  struct Level {
    std::int64_t size = 0;  // positions
    std::int64_t step = 0;  // elements of the dense tensor from one position to the next
    bool is_sparse = false;
    // Only when sparse. The k-th entry of the level above has the positions indices[segments[k]..segments[k + 1]).
    std::vector<std::int32_t> segments{};
    std::vector<std::int32_t> indices{};
  };

  std::vector<Level> levels;  // outermost first
  std::int64_t stored = 0;    // elements that the constant's data holds
};

// Writes all `dense_count` elements of `element_bytes` each: those that are stored, and zeros.
void ExpandSparse(const Sparsity& sparsity, std::size_t element_bytes, const std::byte* stored, std::byte* dense,
                  std::int64_t dense_count);

}  // namespace tfld::engine
