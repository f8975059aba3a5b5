#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using I8 = std::int8_t;
using U8 = std::uint8_t;

const std::vector<float> kOneToNine = {1, 2, 3, 4, 5, 6, 7, 8, 9};

TestNode FloatConv(const Conv2dAttributes& attributes, const Shape& filter, const std::vector<float>& weights) {
  TestNode node(OpCode::kConv2d, attributes);
  node.Input<float>({1, 3, 3, 1}, kOneToNine).Constant<float>(filter, weights);
  return node;
}

TEST(Conv2d, ValidPadding) {
  TestNode node = FloatConv({.padding = Padding::kValid}, {1, 2, 2, 1}, {1, 1, 1, 1});
  node.Constant<float>({1}, {1}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({1, 2, 2, 1}));
  EXPECT_THAT(node.Result<float>(), ElementsAre(13, 17, 25, 29));
}

TEST(Conv2d, SamePaddingWithStride) {
  TestNode node = FloatConv({.padding = Padding::kSame, .stride_h = 2, .stride_w = 2}, {1, 2, 2, 1}, {1, 1, 1, 1});
  node.Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(12, 9, 15, 9));
}

TEST(Conv2d, Dilation) {
  TestNode node =
      FloatConv({.padding = Padding::kValid, .dilation_h = 2, .dilation_w = 2}, {1, 2, 2, 1}, {1, 10, 100, 1000});
  node.Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(1 + 30 + 700 + 9000));
}

TEST(Conv2d, FusedActivation) {
  TestNode node = FloatConv({.padding = Padding::kValid, .activation = Activation::kRelu6}, {2, 3, 3, 1},
                            std::vector<float>(18, 1));
  node.Constant<float>({2}, {-100, 0}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(0, 6));
}

TEST(Conv2d, Groups) {
  TestNode node(OpCode::kConv2d, Conv2dAttributes{});
  node.Input<float>({1, 1, 1, 4}, {1, 2, 3, 4})
      .Constant<float>({2, 1, 1, 2}, {1, 10, 1, 10})
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(21, 43));
}

TestNode Int8Conv(const Quantization& weights, const std::vector<std::int32_t>& bias) {
  TestNode node(OpCode::kConv2d, Conv2dAttributes{}, /*version=*/3);
  node.Input<I8>({1, 1, 1, 2}, {10, 20}, Quantized(0.5F, 0))
      .Constant<I8>({2, 1, 1, 2}, {1, 2, 3, 4}, weights)
      .Constant<std::int32_t>({static_cast<std::int32_t>(bias.size())}, bias)
      .Output(ElementType::kInt8, Quantized(1, -1));
  return node;
}

TEST(Conv2d, Int8PerChannel) {
  TestNode node = Int8Conv(QuantizedChannels({1, 0.5F}, 0), {0, 4});
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(24, 28));  // 50 / 2 - 1 and 114 / 4 (28.5, rounded away) - 1
}

TEST(Conv2d, Uint8HeedsTheWeightsZeroPoint) {
  TestNode node(OpCode::kConv2d, Conv2dAttributes{});
  node.Input<U8>({1, 1, 1, 2}, {130, 126}, Quantized(1, 128))
      .Constant<U8>({1, 1, 1, 2}, {105, 98}, Quantized(1, 100))
      .NoInput()
      .Output(ElementType::kUInt8, Quantized(1, 7));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<U8>(), ElementsAre(2 * 5 + -2 * -2 + 7));
}

TEST(Conv2d, HybridScalesBack) {
  TestNode node(OpCode::kConv2d, Conv2dAttributes{}, /*version=*/2);
  node.Input<float>({1, 1, 1, 2}, {1, -0.5F})
      .Constant<I8>({1, 1, 1, 2}, {100, 100}, Quantized(0.01F, 0))
      .Constant<float>({1}, {3})
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(::testing::FloatNear(3.5F, 0.01F)));
}

TEST(Conv2d, EmptyBatch) {
  TestNode node(OpCode::kConv2d, Conv2dAttributes{});
  node.Input<float>({0, 2, 2, 1}, {}).Constant<float>({1, 1, 1, 1}, {1}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({0, 2, 2, 1}));
}

TEST(Conv2d, RefusesWhatDoesNotFit) {
  EXPECT_THAT(Int8Conv(QuantizedChannels({1, 2, 3}, 0), {0, 0}).Run().message(), HasSubstr("3 scales on axis 0"));
  EXPECT_THAT(Int8Conv(QuantizedChannels({1, 2}, 3), {0, 0}).Run().message(), HasSubstr("on axis 3"));
  EXPECT_THAT(Int8Conv(Quantized(1, 0), {0, 0, 0}).Run().message(), HasSubstr("the bias has 3 elements; expected 2"));
  EXPECT_THAT(Int8Conv(Quantized(3e38F, 0), {0, 0}).Run().message(), HasSubstr("out of range"));
  TestNode wide = FloatConv({.padding = Padding::kValid}, {1, 5, 1, 1}, {1, 1, 1, 1, 1});
  EXPECT_THAT(wide.Output(ElementType::kFloat32).Run().message(), HasSubstr("does not fit into an input of 3"));
  TestNode channels = FloatConv({}, {1, 1, 1, 2}, {1, 1});
  EXPECT_THAT(channels.Output(ElementType::kFloat32).Run().message(), HasSubstr("does not divide the channels"));
}

// As in TensorFlow Lite, whose output size divides towards zero.
TEST(Conv2d, WindowThatIsALittleTooWideGivesNothing) {
  TestNode node = FloatConv({.padding = Padding::kValid, .stride_h = 2}, {1, 4, 1, 1}, {1, 1, 1, 1});
  const Status status = node.Output(ElementType::kFloat32).Run();
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_EQ(node.ResultShape().NumElements(), 0);
}

// TensorFlow Lite clamps, and has nothing for functions that are no clamp.
TEST(Conv2d, FusedTanhIsLeftOut) {
  TestNode node(OpCode::kConv2d, Conv2dAttributes{.activation = Activation::kTanh});
  node.Input<float>({1, 1, 1, 1}, {3}).Constant<float>({1, 1, 1, 1}, {2}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(6));
}

TEST(DepthwiseConv2d, Multiplier) {
  TestNode node(OpCode::kDepthwiseConv2d, DepthwiseConv2dAttributes{.padding = Padding::kValid});
  node.Input<float>({1, 2, 1, 2}, {1, 2, 3, 4})
      .Constant<float>({1, 2, 1, 4}, {1, 10, 100, 1000, 1, 10, 100, 1000})
      .Constant<float>({4}, {0, 0, 0, 1})
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({1, 1, 1, 4}));
  EXPECT_THAT(node.Result<float>(), ElementsAre(4, 40, 600, 6001));
}

TEST(DepthwiseConv2d, Int8PerChannelPadsWithTheZeroPoint) {
  TestNode node(OpCode::kDepthwiseConv2d, DepthwiseConv2dAttributes{}, /*version=*/3);
  node.Input<I8>({1, 1, 2, 1}, {5, 9}, Quantized(1, 5))
      .Constant<I8>({1, 1, 3, 1}, {1, 2, 3}, Quantized(0.5F, 0))
      .Constant<std::int32_t>({1}, {0})
      .Output(ElementType::kInt8, Quantized(1, 0));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(6, 4));  // (0 * 2 + 4 * 3) / 2, (0 * 1 + 4 * 2) / 2
}

TEST(FullyConnected, Float) {
  TestNode node(OpCode::kFullyConnected, FullyConnectedAttributes{.activation = Activation::kRelu});
  node.Input<float>({2, 2}, {1, 2, 3, 4})
      .Constant<float>({3, 2}, {1, 0, 0, 1, -1, -1})
      .Constant<float>({3}, {0.5F, 0, 0})
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(1.5F, 2, 0, 3.5F, 4, 0));
}

TEST(FullyConnected, KeepsDimensions) {
  TestNode node(OpCode::kFullyConnected, FullyConnectedAttributes{.keep_num_dims = true}, /*version=*/5);
  node.Input<float>({1, 2, 2}, {1, 2, 3, 4}).Constant<float>({1, 2}, {1, 1}).NoInput().Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({1, 2, 1}));
  EXPECT_THAT(node.Result<float>(), ElementsAre(3, 7));
}

TEST(FullyConnected, Int8) {
  TestNode node(OpCode::kFullyConnected, FullyConnectedAttributes{}, /*version=*/4);
  node.Input<I8>({1, 2}, {-126, -124}, Quantized(0.5F, -128))
      .Constant<I8>({2, 2}, {1, 2, 100, 127}, Quantized(0.5F, 0))
      .Constant<std::int32_t>({2}, {0, 5000})
      .Output(ElementType::kInt8, Quantized(1, 3));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(6, 127));  // 10 / 4 = 2.5, rounded away, + 3; and saturated
}

TEST(FullyConnected, RefusesDepthThatDoesNotFit) {
  TestNode node(OpCode::kFullyConnected, FullyConnectedAttributes{});
  node.Input<float>({1, 3}, {1, 2, 3}).Constant<float>({1, 2}, {1, 1}).Output(ElementType::kFloat32);
  EXPECT_EQ(node.Run().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tfld::engine
