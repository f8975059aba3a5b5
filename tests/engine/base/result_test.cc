#include "engine/base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace tfld {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) return InvalidArgument("odd");
  return number / 2;
}

Result<int> Quarter(int number) {
  TFLD_ASSIGN_OR_RETURN(const int half, Half(number));
  TFLD_ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

TEST(ResultTest, HoldsAValue) {
  const Result<int> result = Half(8);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, 4);
  EXPECT_TRUE(result.status().ok());
}

TEST(ResultTest, HoldsAStatus) {
  const Result<int> result = Half(3);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), StatusCode::kInvalidArgument);
}

TEST(ResultTest, AssignOrReturnPassesErrorsOn) {
  EXPECT_EQ(*Quarter(12), 3);
  EXPECT_EQ(Quarter(6).status().message(), "odd");
}

TEST(ResultTest, TakesMoveOnlyValues) {
  Result<std::unique_ptr<std::string>> result = std::make_unique<std::string>("mine");
  ASSERT_TRUE(result.ok());
  const std::unique_ptr<std::string> taken = std::move(result).value();
  EXPECT_EQ(*taken, "mine");
}

TEST(ResultDeathTest, OkWithoutAValueIsABug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(Result<int>{Status()}, "");
}

}  // namespace
}  // namespace tfld
