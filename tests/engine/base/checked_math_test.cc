#include "engine/base/checked_math.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace tfld {
namespace {

constexpr std::size_t kMaxSize = std::numeric_limits<std::size_t>::max();

TEST(CheckedMathTest, AddsWhatFits) {
  EXPECT_EQ(CheckedAdd<std::size_t>(2, 3), 5u);
  EXPECT_EQ(CheckedAdd<std::size_t>(kMaxSize, 0), kMaxSize);
  EXPECT_EQ(CheckedAdd<std::int32_t>(-5, 3), -2);
}

TEST(CheckedMathTest, SaysWhenAnAdditionOverflows) {
  EXPECT_EQ(CheckedAdd<std::size_t>(kMaxSize, 1), std::nullopt);
  EXPECT_EQ(CheckedAdd<std::int32_t>(std::numeric_limits<std::int32_t>::min(), -1), std::nullopt);
}

TEST(CheckedMathTest, MultipliesWhatFits) {
  EXPECT_EQ(CheckedMul<std::size_t>(6, 7), 42u);
  EXPECT_EQ(CheckedMul<std::size_t>(kMaxSize, 0), 0u);
}

TEST(CheckedMathTest, SaysWhenAMultiplicationOverflows) {
  EXPECT_EQ(CheckedMul<std::size_t>(kMaxSize / 2 + 1, 2), std::nullopt);
  EXPECT_EQ(CheckedMul<std::int64_t>(std::numeric_limits<std::int64_t>::min(), -1), std::nullopt);
}

TEST(CheckedMathTest, AlignsUpToPowersOfTwo) {
  EXPECT_EQ(AlignUp(0, 64), 0u);
  EXPECT_EQ(AlignUp(1, 64), 64u);
  EXPECT_EQ(AlignUp(64, 64), 64u);
  EXPECT_EQ(AlignUp(65, 64), 128u);
}

}  // namespace
}  // namespace tfld
