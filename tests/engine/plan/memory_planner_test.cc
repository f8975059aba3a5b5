#include "engine/plan/memory_planner.h"

#include <gtest/gtest.h>

#include <random>

#include "engine/kernels/kernel.h"

namespace tfld::engine {
namespace {

bool LiveTogether(const BufferRequest& a, const BufferRequest& b) {
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

void ExpectNoOverlap(const std::vector<BufferRequest>& requests, const ArenaLayout& layout) {
  ASSERT_EQ(layout.offsets.size(), requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    EXPECT_EQ(layout.offsets[i] % kBufferAlignment, 0U);
    EXPECT_LE(layout.offsets[i] + requests[i].bytes + kBufferSlack, layout.bytes);
    for (std::size_t j = 0; j < i; ++j) {
      if (!LiveTogether(requests[i], requests[j])) continue;
      const bool apart = layout.offsets[i] + requests[i].bytes <= layout.offsets[j] ||
                         layout.offsets[j] + requests[j].bytes <= layout.offsets[i];
      EXPECT_TRUE(apart) << "buffers " << i << " and " << j << " live together and overlap";
    }
  }
}

TEST(MemoryPlanner, EmptyGraphNeedsOnlySlack) { EXPECT_EQ(LayOutArena({}).bytes, kBufferSlack); }

TEST(MemoryPlanner, BuffersOfDifferentTimesShareMemory) {
  const std::vector<BufferRequest> chain = {{1024, 0, 1}, {1024, 1, 2}, {1024, 2, 3}, {1024, 3, 4}};
  const ArenaLayout layout = LayOutArena(chain);
  ExpectNoOverlap(chain, layout);
  EXPECT_EQ(layout.bytes, 2048 + kBufferSlack);
}

TEST(MemoryPlanner, BuffersWithoutElementsHaveAPlace) {
  const std::vector<BufferRequest> requests = {{0, 0, 1}, {64, 0, 1}};
  ExpectNoOverlap(requests, LayOutArena(requests));
}

TEST(MemoryPlanner, RandomLifetimesNeverOverlap) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    std::vector<BufferRequest> requests;
    for (int i = 0; i < 60; ++i) {
      const int first = static_cast<int>(random() % 40);
      requests.push_back({random() % 5000, first, first + static_cast<int>(random() % 8)});
    }
    ExpectNoOverlap(requests, LayOutArena(requests));
  }
}

TEST(MemoryPlanner, GivenPlacesAreKept) {
  const std::vector<BufferRequest> requests = {
      {100, 0, 1, 16}, {1000, 0, 3, {}}, {200, 2, 3, 32}, {64, 1, 2, 256}, {1, 0, 3, {}}};
  const ArenaLayout layout = LayOutArena(requests);
  EXPECT_EQ(layout.offsets[0], 16U);
  EXPECT_EQ(layout.offsets[2], 32U);
  EXPECT_EQ(layout.offsets[3], 256U);
  for (std::size_t i : {1U, 4U}) {
    EXPECT_EQ(layout.offsets[i] % kBufferAlignment, 0U);
    EXPECT_GE(layout.offsets[i], 320U);
  }
  EXPECT_FALSE(PlacesConflict(requests[0], requests[2]));  // at different times
  EXPECT_FALSE(PlacesConflict(requests[0], requests[3]));
  EXPECT_TRUE(PlacesConflict(requests[0], BufferRequest{8, 1, 1, 112}));
  EXPECT_FALSE(PlacesConflict(requests[0], BufferRequest{8, 1, 1, 128}));
}

}  // namespace
}  // namespace tfld::engine
