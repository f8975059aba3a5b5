#include "engine/kernels/reference/fixed_point.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/kernels/reference/fixed_point_exp.h"
#include "engine/kernels/reference/half.h"

namespace tfld::engine::reference {
namespace {

constexpr std::int32_t kMin = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max();

TEST(FixedPoint, MultiplierIsAFractionAndAPowerOfTwo) {
  EXPECT_EQ(QuantizeMultiplier(0.5)->multiplier, 1 << 30);
  EXPECT_EQ(QuantizeMultiplier(0.5)->shift, 0);
  EXPECT_EQ(QuantizeMultiplier(1.0)->shift, 1);
  EXPECT_EQ(QuantizeMultiplier(0.0)->multiplier, 0);
  // Rounded up to the next power of two.
  EXPECT_EQ(QuantizeMultiplier(1.0 - 0x1p-40)->multiplier, 1 << 30);
  EXPECT_EQ(QuantizeMultiplier(1.0 - 0x1p-40)->shift, 1);
  EXPECT_EQ(QuantizeMultiplier(1e-12)->multiplier, 0);
}

TEST(FixedPoint, MultipliersOutOfRangeAreRefused) {
  EXPECT_FALSE(QuantizeMultiplier(-0.5));
  EXPECT_FALSE(QuantizeMultiplier(std::numeric_limits<double>::infinity()));
  EXPECT_FALSE(QuantizeMultiplier(std::nan("")));
  EXPECT_FALSE(QuantizeMultiplier(0x1p31));
}

TEST(FixedPoint, HighMulRoundsAndSaturates) {
  EXPECT_EQ(SaturatingRoundingDoublingHighMul(kMin, kMin), kMax);
  EXPECT_EQ(SaturatingRoundingDoublingHighMul(1 << 30, 1), 1);
  EXPECT_EQ(SaturatingRoundingDoublingHighMul(-(1 << 30), 1), 0);
}

TEST(FixedPoint, DivisionRoundsHalfAwayFromZero) {
  EXPECT_EQ(RoundingDivideByPot(5, 1), 3);
  EXPECT_EQ(RoundingDivideByPot(-5, 1), -3);
  EXPECT_EQ(RoundingDivideByPot(5, 2), 1);
  EXPECT_EQ(RoundingDivideByPot(kMax, 31), 1);
  EXPECT_EQ(RoundingDivideByPot(kMin, 31), -1);
  EXPECT_EQ(RoundingDivideByPot(-7, 0), -7);
}

TEST(FixedPoint, Multiply) {
  EXPECT_EQ(Multiply(100, *QuantizeMultiplier(0.25)), 25);
  EXPECT_EQ(Multiply(3, *QuantizeMultiplier(2.5)), 8);
  EXPECT_EQ(Multiply(std::int64_t{100}, *QuantizeMultiplier(0.25)), 25);
  EXPECT_EQ(Multiply(std::int64_t{-3'000'000'000}, *QuantizeMultiplier(0.25)), -750'000'000);
}

TEST(FixedPoint, MultiplySaturates) {
  const QuantizedMultiplier billion = *QuantizeMultiplier(1e9);
  EXPECT_EQ(Multiply(1, billion), 1'000'000'000);
  EXPECT_GE(Multiply(96, billion), 1'000'000'000);
  EXPECT_LE(Multiply(-96, billion), -1'000'000'000);
}

TEST(FixedPoint, Exp) {
  for (double x = 0; x > -20; x -= 0.37) {
    const auto raw = static_cast<std::int32_t>(std::lround(std::ldexp(x, 26)));
    EXPECT_NEAR(std::ldexp(ExpOnNegative(raw), -31), std::exp(x), 2e-7) << x;
  }
}

TEST(FixedPoint, OneOverOnePlus) {
  for (double x = 0; x < 1; x += 0.0613) {
    const auto raw = static_cast<std::int32_t>(std::lround(std::ldexp(x, 31)));
    EXPECT_NEAR(std::ldexp(OneOverOnePlus(raw), -31), 1 / (1 + x), 1e-8) << x;
  }
}

TEST(Half, Converts) {
  const auto to_float = [](std::uint16_t bits) { return static_cast<float>(Half{bits}); };
  EXPECT_EQ(to_float(0x3C00), 1.0F);
  EXPECT_EQ(to_float(0xC100), -2.5F);
  EXPECT_EQ(to_float(0x7BFF), 65504.0F);
  EXPECT_EQ(to_float(0x0001), 0x1p-24F);
  EXPECT_EQ(to_float(0x8000), 0.0F);
  EXPECT_TRUE(std::signbit(to_float(0x8000)));
  EXPECT_EQ(to_float(0xFC00), -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(to_float(0x7E00)));
}

}  // namespace
}  // namespace tfld::engine::reference
