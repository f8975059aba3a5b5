#include "engine/micro/arena.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <utility>
#include <vector>

namespace tfld::engine::micro {
namespace {

struct alignas(64) Memory {
  std::byte bytes[64 * 1024];
};

TEST(Arena, GivesAlignedMemoryUntilItIsFull) {
  const auto memory = std::make_unique<Memory>();
  Arena arena;
  EXPECT_EQ(arena.Allocate(1), nullptr);
  arena.Use(std::span(memory->bytes).subspan(8));  // not aligned
  std::vector<void*> blocks;
  while (void* block = arena.Allocate(1000)) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % Arena::kAlignment, 0U);
    blocks.push_back(block);
  }
  EXPECT_GE(blocks.size(), 58U);
  EXPECT_EQ(arena.Allocate(std::size_t{0} - 1), nullptr);
  for (void* block : blocks) arena.Free(block);
  EXPECT_EQ(arena.used(), 0U);
  EXPECT_NE(arena.Allocate(60'000), nullptr);  // the neighbours have become one
}

// Blocks never overlap, and nothing is lost, in whatever order they come and go.
TEST(Arena, KeepsBlocksApart) {
  const auto memory = std::make_unique<Memory>();
  Arena arena;
  arena.Use(memory->bytes);
  std::mt19937 random(1);
  struct Block {
    std::uint8_t* data;
    std::size_t size;
    std::uint8_t mark;
  };
  std::vector<Block> blocks;
  for (int round = 0; round < 20'000; ++round) {
    if (blocks.empty() || random() % 2 == 0) {
      const std::size_t size = random() % 3000;
      auto* data = static_cast<std::uint8_t*>(arena.Allocate(size));
      if (data == nullptr) continue;
      const auto mark = static_cast<std::uint8_t>(random());
      std::memset(data, mark, size);
      blocks.push_back({data, size, mark});
    } else {
      std::swap(blocks[random() % blocks.size()], blocks.back());
      for (std::size_t i = 0; i < blocks.back().size; ++i) ASSERT_EQ(blocks.back().data[i], blocks.back().mark);
      arena.Free(blocks.back().data);
      blocks.pop_back();
    }
  }
  for (const Block& block : blocks) arena.Free(block.data);
  EXPECT_EQ(arena.used(), 0U);
  EXPECT_LE(arena.peak(), arena.size());
}

}  // namespace
}  // namespace tfld::engine::micro
