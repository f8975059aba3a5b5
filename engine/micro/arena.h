// Arena: a first-fit allocator over memory that somebody else owns.
#pragma once

#include <cstddef>
#include <span>

namespace tfld::engine::micro {

// Blocks lie one behind the other, each with a header; neighbours that are free become one. Planning a model allocates
// and frees hundreds of small blocks, after which little is left between the long-lived ones.
class Arena {
 public:
  static constexpr std::size_t kAlignment = 64;

  constexpr Arena() = default;

  void Use(std::span<std::byte> memory);

  // Aligned to kAlignment; null when there is no free block that is large enough.
  void* Allocate(std::size_t bytes);
  // Null is nothing. Memory must come from this arena.
  void Free(void* memory);

  std::size_t size() const { return size_; }
  std::size_t used() const { return used_; }
  std::size_t peak() const { return peak_; }

 private:
  struct Block {
    std::size_t bytes;  // behind the header
    Block* next;
    Block* previous;
    bool is_free;
  };
  static constexpr std::size_t kHeader = kAlignment;
  static_assert(sizeof(Block) <= kHeader);

  void Split(Block* block, std::size_t bytes);
  void MergeWithNext(Block* block);

  Block* first_ = nullptr;
  std::size_t size_ = 0;
  std::size_t used_ = 0;
  std::size_t peak_ = 0;
};

}  // namespace tfld::engine::micro
