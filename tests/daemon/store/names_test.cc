#include "daemon/store/names.h"

#include <gtest/gtest.h>

#include <string>

namespace tfld::daemon {
namespace {

TEST(Names, ModelNames) {
  for (const char* good : {"kws", "kws_int8", "A-b.c_9", "0", "x..y"}) EXPECT_TRUE(CheckModelName(good).ok()) << good;
  EXPECT_TRUE(CheckModelName(std::string(64, 'a')).ok());
  for (const char* bad : {"", ".", "..", ".hidden", "a/b", "a b", "\xc3\xa4", "a\n", "../x"}) {
    EXPECT_EQ(CheckModelName(bad).code(), StatusCode::kInvalidArgument) << bad;
  }
  EXPECT_FALSE(CheckModelName(std::string(65, 'a')).ok());
  EXPECT_FALSE(CheckModelName(std::string_view("a\0b", 3)).ok());
}

TEST(Names, MessagesArePrintable) {
  EXPECT_NE(CheckModelName("a\x1b[2J").message().find("'a?[2J'"), std::string::npos);
}

TEST(Names, PackagePaths) {
  for (const char* good : {"model.tflite", "manifest.json", "golden/golden.json", "golden/a/b/input0.npy"}) {
    EXPECT_TRUE(CheckPackagePath(good).ok()) << good;
  }
  for (const char* bad : {"", "model", "Model.tflite", "golden", "golden/", "golden/../x", "golden//x", "golden/.x",
                          "/golden/x", "golden/a/b/c/d", "../model.tflite", "manifest", "state", "golden/a/"}) {
    EXPECT_EQ(CheckPackagePath(bad).code(), StatusCode::kInvalidArgument) << bad;
  }
}

}  // namespace
}  // namespace tfld::daemon
