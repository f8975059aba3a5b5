#include "engine/base/str_cat.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace tfld {
namespace {

TEST(StrCatTest, JoinsPiecesOfAllKinds) {
  const std::string name = "conv";
  EXPECT_EQ(StrCat("node ", 3, " (", name, "): ", 0.5, ' ', true), "node 3 (conv): 0.5 true");
}

TEST(StrCatTest, NothingIsEmpty) { EXPECT_EQ(StrCat(), ""); }

TEST(StrCatTest, PrintsTheLimitsOfIntegers) {
  EXPECT_EQ(StrCat(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(StrCat(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
}

TEST(StrCatTest, SmallIntegersAreNumbersNotCharacters) { EXPECT_EQ(StrCat(std::int8_t{-7}, std::uint8_t{65}), "-765"); }

TEST(StrCatTest, FloatsAreShortestThatReadBack) {
  EXPECT_EQ(StrCat(0.1f), "0.1");
  EXPECT_EQ(StrCat(1e300), "1e+300");
}

}  // namespace
}  // namespace tfld
