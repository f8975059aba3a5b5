#include "engine/micro/arena.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>

#include "engine/base/checked_math.h"

namespace tfld::engine::micro {

void Arena::Use(std::span<std::byte> memory) {
  const auto address = reinterpret_cast<std::uintptr_t>(memory.data());
  const std::size_t skipped = AlignUp(address, kAlignment) - address;
  if (memory.size() < skipped + kHeader + kAlignment) return;
  size_ = (memory.size() - skipped) & ~(kAlignment - 1);
  first_ = new (memory.data() + skipped) Block{size_ - kHeader, nullptr, nullptr, true};
}

void* Arena::Allocate(std::size_t bytes) {
  if (bytes > std::numeric_limits<std::size_t>::max() - kAlignment) return nullptr;
  const std::size_t needed = AlignUp(std::max<std::size_t>(bytes, 1), kAlignment);
  for (Block* block = first_; block != nullptr; block = block->next) {
    if (!block->is_free || block->bytes < needed) continue;
    Split(block, needed);
    block->is_free = false;
    used_ += block->bytes + kHeader;
    peak_ = std::max(peak_, used_);
    return reinterpret_cast<std::byte*>(block) + kHeader;
  }
  return nullptr;
}

void Arena::Free(void* memory) {
  if (memory == nullptr) return;
  auto* block = reinterpret_cast<Block*>(static_cast<std::byte*>(memory) - kHeader);
  used_ -= block->bytes + kHeader;
  block->is_free = true;
  if (block->next != nullptr && block->next->is_free) MergeWithNext(block);
  if (block->previous != nullptr && block->previous->is_free) MergeWithNext(block->previous);
}

void Arena::Split(Block* block, std::size_t bytes) {
  if (block->bytes < bytes + kHeader + kAlignment) return;
  auto* place = reinterpret_cast<std::byte*>(block) + kHeader + bytes;
  auto* rest = new (place) Block{block->bytes - bytes - kHeader, block->next, block, true};
  if (rest->next != nullptr) rest->next->previous = rest;
  block->next = rest;
  block->bytes = bytes;
}

void Arena::MergeWithNext(Block* block) {
  Block* next = block->next;
  block->bytes += kHeader + next->bytes;
  block->next = next->next;
  if (block->next != nullptr) block->next->previous = block;
}

}  // namespace tfld::engine::micro
