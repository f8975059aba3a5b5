#include "engine/tools/table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace tfld::engine {
namespace {

TEST(TableTest, AlignsColumns) {
  Table table({"name", ">us"});
  table.AddRow({"conv", "10.5"});
  table.AddRow({"größe", "7"});
  table.AddRow({"short"});
  std::ostringstream out;
  table.Print(out, "  ");
  EXPECT_EQ(out.str(),
            "  name     us\n"
            "  conv   10.5\n"
            "  größe     7\n"
            "  short\n");
}

TEST(TableTest, NamesCannotCommandTheTerminal) {
  EXPECT_EQ(Printable("a\x1b[31m\nb\x7f"), "a?[31m?b?");
  EXPECT_EQ(Printable("größe"), "größe");
}

TEST(TableTest, Numbers) {
  EXPECT_EQ(Fixed(1234.567, 1), "1234.6");
  EXPECT_EQ(Scaled(17), "17");
  EXPECT_EQ(Scaled(1536), "1.5 k");
  EXPECT_EQ(Scaled(812'000), "812 k");
  EXPECT_EQ(Scaled(5.3e6), "5.3 M");
  EXPECT_EQ(Scaled(1.2e9), "1.2 G");
  EXPECT_EQ(Kib(1536), "1.5 KiB");
}

}  // namespace
}  // namespace tfld::engine
