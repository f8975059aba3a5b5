#include "engine/golden/compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <limits>
#include <vector>

namespace tfld::engine {
namespace {

template <typename T>
Comparison CompareVectors(ElementType type, const std::vector<T>& actual, const std::vector<T>& expected) {
  return Compare(type, std::as_bytes(std::span(actual)), std::as_bytes(std::span(expected)));
}

TEST(CompareTest, CountsWhatDiffers) {
  const Comparison result = CompareVectors<std::int8_t>(ElementType::kInt8, {1, -128, 3, 4}, {1, 127, 3, 6});
  EXPECT_EQ(result.max_abs_diff, 255.0);
  EXPECT_EQ(result.differing, 2);
  EXPECT_EQ(result.elements, 4);
  EXPECT_EQ(result.largest, 127.0);
  EXPECT_EQ(result.place, 1);
  EXPECT_EQ(result.actual, -128.0);
  EXPECT_EQ(result.expected, 127.0);
}

TEST(CompareTest, NanEqualsNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(CompareVectors<float>(ElementType::kFloat32, {nan, infinity, 1}, {nan, infinity, 1}).differing, 0);
  EXPECT_EQ(CompareVectors<float>(ElementType::kFloat32, {nan}, {1}).max_abs_diff, infinity);
  EXPECT_EQ(CompareVectors<float>(ElementType::kFloat32, {1}, {nan}).max_abs_diff, infinity);
  EXPECT_EQ(CompareVectors<float>(ElementType::kFloat32, {infinity}, {-infinity}).max_abs_diff, infinity);
}

TEST(CompareTest, WideIntegersDoNotOverflow) {
  const std::int64_t least = std::numeric_limits<std::int64_t>::min();
  const std::int64_t greatest = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(CompareVectors<std::int64_t>(ElementType::kInt64, {least}, {greatest}).max_abs_diff, std::ldexp(1.0, 64));
  EXPECT_EQ(CompareVectors<std::int64_t>(ElementType::kInt64, {greatest - 1}, {greatest}).max_abs_diff, 1.0);
  EXPECT_EQ(CompareVectors<std::uint64_t>(ElementType::kUInt64, {0}, {5}).max_abs_diff, 5.0);
}

TEST(CompareTest, ComplexNumbersByMagnitude) {
  const Comparison result = CompareVectors<std::complex<float>>(ElementType::kComplex64, {{3, 0}}, {{0, 4}});
  EXPECT_FLOAT_EQ(static_cast<float>(result.max_abs_diff), 5.0F);
  EXPECT_FLOAT_EQ(static_cast<float>(result.largest), 4.0F);
}

TEST(CompareTest, Halves) {
  EXPECT_EQ(HalfToFloat(0x3C00), 1.0F);
  EXPECT_EQ(HalfToFloat(0xC000), -2.0F);
  EXPECT_EQ(HalfToFloat(0x0001), std::ldexp(1.0F, -24));
  EXPECT_EQ(HalfToFloat(0x7BFF), 65504.0F);
  EXPECT_EQ(HalfToFloat(0x7C00), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(HalfToFloat(0x7E00)));
  EXPECT_EQ(CompareVectors<std::uint16_t>(ElementType::kFloat16, {0x3C00}, {0x4000}).max_abs_diff, 1.0);
}

TEST(CompareTest, NothingToCompare) {
  const Comparison result = CompareVectors<float>(ElementType::kFloat32, {}, {});
  EXPECT_EQ(result.elements, 0);
  EXPECT_EQ(result.max_abs_diff, 0.0);
}

}  // namespace
}  // namespace tfld::engine
