#include "engine/tools/allocation_counter.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <vector>

namespace tfld::engine {
namespace {

struct alignas(64) Aligned {
  char bytes[64];
};

// The optimizer may leave out a new with its delete, unless something else sees the memory.
void Use(const void* memory) { asm volatile("" : : "g"(memory) : "memory"); }

TEST(AllocationCounterTest, CountsEveryWayToMemory) {
  std::uint64_t before = AllocationCount();
  void* memory = std::malloc(10);
  Use(memory);
  EXPECT_EQ(AllocationCount() - before, 1U);
  std::free(memory);

  before = AllocationCount();
  std::vector<int> numbers(100);
  Use(numbers.data());
  EXPECT_EQ(AllocationCount() - before, 1U);

  before = AllocationCount();
  const auto aligned = std::make_unique<Aligned>();
  Use(aligned.get());
  EXPECT_EQ(AllocationCount() - before, 1U);

  before = AllocationCount();
  ASSERT_EQ(::posix_memalign(&memory, 64, 100), 0);
  Use(memory);
  EXPECT_EQ(AllocationCount() - before, 1U);
  std::free(memory);
}

TEST(AllocationCounterTest, CountsNothingWhenNothingIsAllocated) {
  std::vector<int> numbers(100);
  const std::uint64_t before = AllocationCount();
  for (int& number : numbers) number = 1;
  Use(numbers.data());
  EXPECT_EQ(AllocationCount(), before);
}

}  // namespace
}  // namespace tfld::engine
