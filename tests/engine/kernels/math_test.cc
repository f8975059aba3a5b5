// Unary and binary mathematics, comparisons and selections, by values computed by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/kernels/reference/half.h"
#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine {
namespace {

using reference::BFloat16;
using reference::Half;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using I8 = std::int8_t;
using U8 = std::uint8_t;
using I16 = std::int16_t;
using I32 = std::int32_t;

template <typename T>
std::vector<T> Unary(OpCode op, std::vector<T> input, const Quantization& from = {}, const Quantization& to = {}) {
  TestNode node(op);
  node.Input<T>({static_cast<I32>(input.size())}, input, from).Output(kElementTypeOf<T>, to);
  EXPECT_TRUE(node.Run().ok());
  return node.Result<T>();
}

template <typename Out, typename T>
std::vector<Out> Binary(OpCode op, std::vector<T> a, std::vector<T> b, const Quantization& qa = {},
                        const Quantization& qb = {}, const Quantization& to = {}) {
  TestNode node(op);
  node.Input<T>({static_cast<I32>(a.size())}, a, qa)
      .template Input<T>({static_cast<I32>(b.size())}, b, qb)
      .Output(kElementTypeOf<Out>, to);
  const Status status = node.Run();
  EXPECT_TRUE(status.ok()) << status.ToString();
  return node.Result<Out>();
}

TEST(Abs, WrapsAndRescales) {
  constexpr I32 kMin = std::numeric_limits<I32>::min();
  EXPECT_THAT(Unary<I32>(OpCode::kAbs, {-3, 4, kMin}), ElementsAre(3, 4, kMin));
  EXPECT_THAT(Unary<I16>(OpCode::kAbs, {-300}), ElementsAre(300));
  EXPECT_THAT(Unary<I8>(OpCode::kAbs, {-9, 3}, Quantized(0.5F, -1), Quantized(0.25F, 0)), ElementsAre(16, 8));
}

TEST(Neg, NegatesWhatIsStored) {
  EXPECT_THAT(Unary<I8>(OpCode::kNeg, {5, -128}, Quantized(1, 3), Quantized(1, 3)), ElementsAre(-5, -128));
  EXPECT_THAT(Unary<std::int64_t>(OpCode::kNeg, {1}), ElementsAre(-1));
}

TEST(Sign, KeepsNan) {
  const auto signs = Unary<double>(OpCode::kSign, {-2.5, 0, 7, std::nan("")});
  EXPECT_EQ(signs[0], -1);
  EXPECT_EQ(signs[1], 0);
  EXPECT_EQ(signs[2], 1);
  EXPECT_TRUE(std::isnan(signs[3]));
}

TEST(Round, TiesGoToEven) {
  EXPECT_THAT(Unary<float>(OpCode::kRound, {0.5F, 1.5F, -0.5F, -1.5F, 2.4F}), ElementsAre(0, 2, 0, -2, 2));
  EXPECT_THAT(Unary<float>(OpCode::kCeil, {0.5F, -0.5F}), ElementsAre(1, 0));
  EXPECT_THAT(Unary<float>(OpCode::kFloor, {0.5F, -0.5F}), ElementsAre(0, -1));
}

TEST(Sqrt, Int8CutsOff) {
  EXPECT_THAT(Unary<I8>(OpCode::kSqrt, {0, 3, 16}, Quantized(1, 0), Quantized(0.5F, 0)), ElementsAre(0, 3, 8));
}

TEST(Rsqrt, Int8) {
  EXPECT_THAT(Unary<I8>(OpCode::kRsqrt, {0, 1, 4, 16}, Quantized(1, 0), Quantized(0.01F, 0)),
              ElementsAre(127, 100, 50, 25));
}

TEST(Rsqrt, RefusesNegativeNumbers) {
  for (const OpCode op : {OpCode::kRsqrt, OpCode::kSqrt}) {
    TestNode node(op);
    node.Input<I8>({2}, {5, 4}, Quantized(1, 5)).Output(ElementType::kInt8, Quantized(1, 0));
    EXPECT_THAT(node.Run().message(), HasSubstr("element 1"));
  }
}

TEST(Exp, ByTables) {
  // e^0 = 1 and e^-1 = 0.3679, in steps of 1/128; beyond the range the greatest.
  EXPECT_THAT(Unary<I8>(OpCode::kExp, {0, -2, 127}, Quantized(0.5F, 0), Quantized(1.0F / 128, -64)),
              ElementsAre(64, -17, 127));
  const auto wide = Unary<I16>(OpCode::kExp, {0, -16384}, Quantized(1.0F / 16384, 0), Quantized(1.0F / 8192, 0));
  EXPECT_NEAR(wide[0], 8192, 1);
  EXPECT_NEAR(wide[1], 3014, 1);
}

TEST(Log, OfZeroIsTheLeast) {
  EXPECT_THAT(Unary<I8>(OpCode::kLog, {0, 1}, Quantized(1, 0), Quantized(0.1F, 10)), ElementsAre(-128, 10));
}

std::vector<std::uint16_t> MultiplyHalves(float a, float b) {
  TestNode node(OpCode::kMul, ElementwiseAttributes{}, /*version=*/8);
  node.Input<Half>({1}, {Half::Round(a)}).Input<Half>({1}, {Half::Round(b)}).Output(ElementType::kFloat16);
  EXPECT_TRUE(node.Run().ok());
  return {node.Result<Half>()[0].bits};
}

TEST(Half, SaturatesInArithmetic) {
  EXPECT_THAT(MultiplyHalves(0.5F, 3), ElementsAre(Half::Round(1.5F).bits));
  EXPECT_THAT(MultiplyHalves(300, 300), ElementsAre(0x7BFF));
  EXPECT_THAT(MultiplyHalves(-300, 300), ElementsAre(0xFBFF));
}

TEST(Half, RoundsToEven) {
  EXPECT_EQ(Half::Round(1.0F).bits, 0x3C00);
  EXPECT_EQ(Half::Round(-2.0F).bits, 0xC000);
  EXPECT_EQ(Half::Round(1.0F + 0x1p-11F).bits, 0x3C00);      // a tie, down
  EXPECT_EQ(Half::Round(1.0F + 3 * 0x1p-11F).bits, 0x3C02);  // a tie, up
  EXPECT_EQ(Half::Round(65519.0F).bits, 0x7BFF);
  EXPECT_EQ(Half::Round(65520.0F).bits, 0x7C00);
  EXPECT_EQ(Half::Round(0x1p-24F).bits, 1);
  EXPECT_EQ(Half::Round(0x1p-25F).bits, 0);
  EXPECT_EQ(Half::Round(std::nanf("")).bits, 0x7E00);
  for (int bits = 0; bits < 0x7C00; ++bits) {
    const Half half{static_cast<std::uint16_t>(bits)};
    ASSERT_EQ(Half::Round(static_cast<float>(half)).bits, bits);
  }
  EXPECT_EQ(BFloat16::Round(1.0F + 0x1p-8F).bits, 0x3F80);
}

TEST(Div, Int8) {
  // 3 / 2 and -3 / 2 in steps of 1/4.
  EXPECT_THAT((Binary<I8, I8>(OpCode::kDiv, {7, -5}, {4}, Quantized(0.5F, 1), Quantized(0.5F, 0), Quantized(0.25F, 2))),
              ElementsAre(8, -4));
}

TEST(Div, ByZero) {
  TestNode node(OpCode::kDiv);
  node.Input<I32>({1}, {1}).Input<I32>({2}, {1, 0}).Output(ElementType::kInt32);
  EXPECT_THAT(node.Run().message(), HasSubstr("division by zero"));
  EXPECT_THAT((Binary<float, float>(OpCode::kDiv, {1}, {0})), ElementsAre(std::numeric_limits<float>::max()));
}

TEST(FloorDiv, RoundsDown) {
  EXPECT_THAT((Binary<I32, I32>(OpCode::kFloorDiv, {7, -7}, {2, 2})), ElementsAre(3, -4));
  EXPECT_THAT((Binary<I8, I8>(OpCode::kFloorDiv, {-128}, {-1})), ElementsAre(-128));
}

TEST(FloorMod, HasTheDivisorsSign) {
  EXPECT_THAT((Binary<I32, I32>(OpCode::kFloorMod, {7, -7, 7, -7}, {3, 3, -3, -3})), ElementsAre(1, 2, -2, -1));
  EXPECT_THAT((Binary<float, float>(OpCode::kFloorMod, {-0.5F}, {2})), ElementsAre(1.5F));
  EXPECT_THAT((Binary<I32, I32>(OpCode::kFloorMod, {std::numeric_limits<I32>::min()}, {-1})), ElementsAre(0));
}

TEST(Pow, OfIntegers) {
  EXPECT_THAT((Binary<I32, I32>(OpCode::kPow, {2, -3}, {10, 3})), ElementsAre(1024, -27));
  EXPECT_THAT((Binary<I32, I32>(OpCode::kPow, {2, -3}, {5})), ElementsAre(32, -243));
  EXPECT_THAT((Binary<float, float>(OpCode::kPow, {2, 4}, {-0.5F})), ElementsAre(FloatNear(0.70710678F, 1e-6F), 0.5F));
}

TEST(SquaredDifference, Int8) {
  // (3 - 1)^2 = 4
  EXPECT_THAT((Binary<I8, I8>(OpCode::kSquaredDifference, {6}, {2}, Quantized(0.5F, 0), Quantized(0.5F, 0),
                              Quantized(0.25F, -10))),
              ElementsAre(6));
}

TEST(Comparison, ByRealNumbers) {
  // 2.0 and 3.0 against 2.5
  EXPECT_THAT((Binary<bool, U8>(OpCode::kLess, {4, 6}, {10}, Quantized(0.5F, 0), Quantized(0.25F, 0))),
              ElementsAre(true, false));
  EXPECT_THAT((Binary<bool, I16>(OpCode::kGreater, {4, 6}, {5})), ElementsAre(false, true));
  EXPECT_THAT((Binary<bool, bool>(OpCode::kEqual, {true, false}, {true})), ElementsAre(true, false));
}

TEST(Bits, XorAndShift) {
  EXPECT_THAT((Binary<U8, U8>(OpCode::kBitwiseXor, {0xF0}, {0x3C})), ElementsAre(0xCC));
  EXPECT_THAT((Binary<I8, I8>(OpCode::kRightShift, {-8, -8, 64}, {1, 100, -1})), ElementsAre(-4, -1, 64));
  EXPECT_THAT((Binary<std::uint32_t, std::uint32_t>(OpCode::kRightShift, {0x80000000U}, {31})), ElementsAre(1U));
}

TEST(Select, ByRows) {
  TestNode node(OpCode::kSelect);
  node.Input<bool>({2}, {true, false})
      .Input<float>({2, 2}, {1, 2, 3, 4})
      .Input<float>({2, 2}, {5, 6, 7, 8})
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(1, 2, 7, 8));
}

TEST(SelectV2, BroadcastsAllThree) {
  TestNode node(OpCode::kSelectV2);
  node.Input<bool>({2, 1}, {true, false}).Input<I32>({2}, {1, 2}).Input<I32>({}, {9}).Output(ElementType::kInt32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({2, 2}));
  EXPECT_THAT(node.Result<I32>(), ElementsAre(1, 2, 9, 9));
}

TEST(SelectV2, SingleElementsHaveTheDeclaredShape) {
  for (const Shape& declared : {Shape(), Shape({1})}) {
    TestNode node(OpCode::kSelectV2);
    node.Input<bool>({1, 1}, {false})
        .Input<I32>({1}, {1})
        .Input<I32>({}, {9})
        .Output(ElementType::kInt32, {}, declared);
    ASSERT_TRUE(node.Run().ok());
    EXPECT_EQ(node.ResultShape(), declared);
    EXPECT_THAT(node.Result<I32>(), ElementsAre(9));
  }
}

TEST(AddN, RefusesOtherShapes) {
  TestNode node(OpCode::kAddN);
  node.Input<I32>({2}, {1, 2}).Input<I32>({2}, {3, 4}).Input<I32>({2}, {5, 6}).Output(ElementType::kInt32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I32>(), ElementsAre(9, 12));
  TestNode other(OpCode::kAddN);
  other.Input<I32>({2}, {1, 2}).Input<I32>({1}, {3}).Output(ElementType::kInt32);
  EXPECT_EQ(other.Run().code(), StatusCode::kInvalidArgument);
}

TEST(Add, Int16ByScales) {
  // 1 + 0.5 with general scales; with powers of two the second operand is shifted.
  EXPECT_THAT(
      (Binary<I16, I16>(OpCode::kAdd, {10}, {10}, Quantized(0.1F, 0), Quantized(0.05F, 0), Quantized(0.01F, 0))),
      ElementsAre(150));
  // 6 / 16 rounds up where it is shifted before the sum; the options say whether it is.
  for (const bool shifts : {true, false}) {
    TestNode node(OpCode::kAdd, ElementwiseAttributes{.pot_scale_int16 = shifts});
    node.Input<I16>({2}, {100, 32767}, Quantized(0.25F, 0))
        .Input<I16>({2}, {6, 8}, Quantized(0.0625F, 0))
        .Output(ElementType::kInt16, Quantized(0.25F, 0));
    ASSERT_TRUE(node.Run().ok());
    EXPECT_THAT(node.Result<I16>(), ElementsAre(102, 32767));
  }
  // Without options no input needs the output's scale.
  EXPECT_THAT(
      (Binary<I16, I16>(OpCode::kAdd, {100}, {100}, Quantized(0.25F, 0), Quantized(0.25F, 0), Quantized(0.5F, 0))),
      ElementsAre(100));
  EXPECT_THAT((Binary<I16, I16>(OpCode::kAdd, {32767}, {1})), ElementsAre(-32768));
}

TEST(Cast, RealNumbersSaturate) {
  TestNode node(OpCode::kCast);
  node.Input<float>({5}, {-1.9F, 300, -300, std::nanf(""), 127.9F}).Output(ElementType::kInt8);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(-1, 127, -128, 127, 127));
  TestNode wide(OpCode::kCast);
  wide.Input<float>({2}, {1e30F, -1e30F}).Output(ElementType::kInt64);
  ASSERT_TRUE(wide.Run().ok());
  EXPECT_THAT(wide.Result<std::int64_t>(),
              ElementsAre(std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()));
}

TEST(Cast, OfSmallTypes) {
  TestNode node(OpCode::kCast);
  node.Input<float>({3}, {-9, 2.9F, 7}).Output(ElementType::kInt4);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<U8>(), ElementsAre(0x28, 0x07));
  TestNode back(OpCode::kCast);
  back.AddInput(ElementType::kInt4, {3}, {std::byte{0x28}, std::byte{0x07}}, {}, false).Output(ElementType::kFloat32);
  ASSERT_TRUE(back.Run().ok());
  EXPECT_THAT(back.Result<float>(), ElementsAre(-8, 2, 7));
}

}  // namespace
}  // namespace tfld::engine
