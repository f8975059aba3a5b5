#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/kernels/reference/half.h"
#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine {
namespace {

using reference::Half;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using I8 = std::int8_t;
using U8 = std::uint8_t;

TEST(Add, BroadcastsBothWays) {
  TestNode node(OpCode::kAdd);
  node.Input<float>({2, 1}, {10, 20}).Input<float>({3}, {1, 2, 3}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({2, 3}));
  EXPECT_THAT(node.Result<float>(), ElementsAre(11, 12, 13, 21, 22, 23));
}

TEST(Add, Scalars) {
  TestNode node(OpCode::kAdd);
  node.Input<std::int32_t>({}, {std::numeric_limits<std::int32_t>::max()})
      .Input<std::int32_t>({}, {1})
      .Output(ElementType::kInt32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<std::int32_t>(), ElementsAre(std::numeric_limits<std::int32_t>::min()));
}

TEST(Sub, AnOutputThatIsAlwaysZeroMayHaveNextToNoScale) {
  TestNode node(OpCode::kSub, {}, /*version=*/2);
  node.Input<std::int16_t>({2}, {100, -7}, Quantized(3e-5F, 0))
      .Input<std::int16_t>({2}, {100, -7}, Quantized(3e-5F, 0))
      .Output(ElementType::kInt16, Quantized(1e-43F, 0));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<std::int16_t>(), ElementsAre(0, 0));
}

TEST(Add, Empty) {
  TestNode node(OpCode::kAdd);
  node.Input<float>({0, 3}, {}).Input<float>({3}, {1, 2, 3}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({0, 3}));
}

TEST(Add, Int8RescalesBoth) {
  TestNode node(OpCode::kAdd, {}, /*version=*/2);
  node.Input<I8>({2}, {10, 127}, Quantized(0.5F, 0))
      .Input<I8>({2}, {4, 127}, Quantized(0.25F, 2))
      .Output(ElementType::kInt8, Quantized(0.5F, -1));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(10, 127));  // (5 + 0.5) / 0.5 - 1
}

TEST(Sub, Uint8WithActivation) {
  TestNode node(OpCode::kSub, ElementwiseAttributes{.activation = Activation::kRelu});
  node.Input<U8>({2}, {130, 120}, Quantized(1, 128))
      .Input<U8>({1}, {129}, Quantized(1, 128))
      .Output(ElementType::kUInt8, Quantized(1, 10));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<U8>(), ElementsAre(11, 10));
}

TEST(Mul, Int8) {
  TestNode node(OpCode::kMul, {}, /*version=*/2);
  node.Input<I8>({3}, {3, -5, 100}, Quantized(0.5F, 1))
      .Input<I8>({1}, {4}, Quantized(0.5F, 0))
      .Output(ElementType::kInt8, Quantized(0.25F, 0));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(8, -24, 127));
}

TEST(Maximum, AndMinimum) {
  for (const auto& [op, expected] : {std::pair{OpCode::kMaximum, 5}, std::pair{OpCode::kMinimum, -3}}) {
    TestNode node(op);
    node.Input<std::int64_t>({1}, {5}).Input<std::int64_t>({1}, {-3}).Output(ElementType::kInt64);
    ASSERT_TRUE(node.Run().ok());
    EXPECT_THAT(node.Result<std::int64_t>(), ElementsAre(expected));
  }
}

TEST(Binary, RefusesShapesThatDoNotBroadcast) {
  TestNode node(OpCode::kAdd);
  node.Input<float>({2}, {1, 2}).Input<float>({3}, {1, 2, 3}).Output(ElementType::kFloat32);
  EXPECT_THAT(node.Run().message(), HasSubstr("[2] and [3] cannot be broadcast"));
}

TEST(Relu, FloatKeepsNan) {
  TestNode node(OpCode::kRelu6);
  node.Input<float>({4}, {-1, 3, 7, std::nanf("")}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(0, 3, 6, ::testing::IsNan()));
}

TEST(Relu, Int8Requantizes) {
  TestNode node(OpCode::kRelu, {}, /*version=*/2);
  node.Input<I8>({3}, {-20, 0, 11}, Quantized(1, 0)).Output(ElementType::kInt8, Quantized(0.5F, -10));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(-10, -10, 12));
}

TEST(Logistic, Float) {
  TestNode node(OpCode::kLogistic);
  node.Input<float>({4}, {0, 20, -10, 1}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(0.5F, 1, std::exp(-10.0F), FloatNear(0.73105858F, 1e-7F)));
}

TEST(Logistic, Int8Table) {
  TestNode node(OpCode::kLogistic, {}, /*version=*/2);
  node.Input<I8>({3}, {-128, 0, 127}, Quantized(0.1F, 0)).Output(ElementType::kInt8, Quantized(1.0F / 256, -128));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(-128, 0, 127));
}

TEST(Prelu, QuantizedSlopes) {
  TestNode node(OpCode::kPrelu);
  node.Input<I8>({1, 2, 2}, {10, 10, -10, -10}, Quantized(1, 0))
      .Constant<I8>({2}, {50, -50}, Quantized(0.01F, 0))
      .Output(ElementType::kInt8, Quantized(1, 0));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(10, 10, -5, 5));
}

TEST(Softmax, FloatIsStableForLargeInputs) {
  TestNode node(OpCode::kSoftmax, SoftmaxAttributes{});
  node.Input<float>({1, 2}, {1000, 1000}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(0.5F, 0.5F));
}

TEST(Softmax, HalvesAreComputedInFloat) {
  TestNode node(OpCode::kSoftmax, SoftmaxAttributes{}, /*version=*/4);
  const auto half = [](float x) { return Half::Round(x); };
  node.Input<Half>({2, 2}, {half(-60000), half(-60000), half(1), half(3)}).Output(ElementType::kFloat16);
  ASSERT_TRUE(node.Run().ok());
  const std::vector<Half> result = node.Result<Half>();
  EXPECT_EQ(static_cast<float>(result[0]), 0.5F);
  EXPECT_NEAR(static_cast<float>(result[2]), 0.1192F, 1e-4F);
  EXPECT_NEAR(static_cast<float>(result[3]), 0.8808F, 5e-4F);
}

TEST(Softmax, Int8SumsToOne) {
  TestNode node(OpCode::kSoftmax, SoftmaxAttributes{}, /*version=*/2);
  node.Input<I8>({1, 4}, {0, 0, 0, -128}, Quantized(0.5F, 0)).Output(ElementType::kInt8, Quantized(1.0F / 256, -128));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(-43, -43, -43, -128));
}

TEST(Softmax, Int8ToInt16) {
  TestNode node(OpCode::kSoftmax, SoftmaxAttributes{}, /*version=*/2);
  node.Input<I8>({1, 2}, {0, 0}, Quantized(0.5F, 0)).Output(ElementType::kInt16, Quantized(1.0F / 65536, -32768));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<std::int16_t>(), ElementsAre(0, 0));
}

TEST(Softmax, RefusesOtherOutputScales) {
  TestNode node(OpCode::kSoftmax, SoftmaxAttributes{}, /*version=*/2);
  node.Input<I8>({1, 2}, {0, 0}, Quantized(0.5F, 0)).Output(ElementType::kInt8, Quantized(0.5F, 0));
  EXPECT_EQ(node.Run().code(), StatusCode::kUnimplemented);
}

TEST(Quantize, RoundsHalfAwayAndSaturates) {
  TestNode node(OpCode::kQuantize);
  node.Input<float>({6}, {0.25F, -0.25F, 1e30F, -1e30F, 0, std::nanf("")})
      .Output(ElementType::kInt8, Quantized(0.5F, 1));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(2, 0, 127, -128, 1, -128));
}

TEST(Quantize, Uint8ToInt8) {
  TestNode node(OpCode::kQuantize);
  node.Input<U8>({3}, {0, 128, 255}, Quantized(0.5F, 128)).Output(ElementType::kInt8, Quantized(0.5F, 0));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(-128, 0, 127));
}

TEST(Quantize, AScaleThatIsAsGoodAsZeroSaturates) {
  TestNode node(OpCode::kQuantize);
  node.Input<I8>({3}, {-96, 0, 96}, Quantized(1, 0)).Output(ElementType::kUInt8, Quantized(1e-9F, 96));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<U8>(), ElementsAre(0, 96, 255));
}

TEST(Dequantize, PerChannel) {
  TestNode node(OpCode::kDequantize, {}, /*version=*/5);
  node.Constant<I8>({2, 2}, {1, 2, 3, 4}, QuantizedChannels({1, 10}, 1)).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(1, 20, 3, 40));
}

TEST(Cast, BetweenTypes) {
  TestNode node(OpCode::kCast);
  node.Input<float>({4}, {1.9F, -1.9F, 1e30F, std::nanf("")}).Output(ElementType::kInt64);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.Result<std::int64_t>()[0], 1);
  EXPECT_EQ(node.Result<std::int64_t>()[1], -1);
}

}  // namespace
}  // namespace tfld::engine
