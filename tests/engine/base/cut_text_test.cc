#include "engine/base/cut_text.h"

#include <gtest/gtest.h>

namespace tfld {
namespace {

TEST(CutText, LeavesWhatIsShort) {
  EXPECT_EQ(CutText("", 0), "");
  EXPECT_EQ(CutText("abc", 3), "abc");
  EXPECT_EQ(CutText("abc", 2), "ab");
}

TEST(CutText, EndsBetweenCharacters) {
  EXPECT_EQ(CutText("a\u00e9", 2), "a");
  EXPECT_EQ(CutText("a\u00e9", 3), "a\u00e9");
  EXPECT_EQ(CutText("\U0001F600", 3), "");
}

}  // namespace
}  // namespace tfld
