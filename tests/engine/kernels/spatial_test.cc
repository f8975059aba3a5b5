#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine {
namespace {

using ::testing::ElementsAre;
using I8 = std::int8_t;
using I32 = std::int32_t;
using U8 = std::uint8_t;

TEST(AveragePool, CountsOnlyWhatIsInside) {
  TestNode node(OpCode::kAveragePool2d, Pool2dAttributes{.stride_h = 2, .stride_w = 2, .filter_h = 2, .filter_w = 2});
  node.Input<float>({1, 1, 3, 1}, {1, 2, 4}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(1.5F, 4));
}

TEST(AveragePool, Int8RoundsHalfAway) {
  TestNode node(OpCode::kAveragePool2d, Pool2dAttributes{.padding = Padding::kValid, .filter_w = 2}, /*version=*/2);
  node.Input<I8>({1, 1, 2, 2}, {1, -1, 2, -2}, Quantized(1, 0)).Output(ElementType::kInt8, Quantized(1, 0));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(2, -2));
}

TEST(AveragePool, RefusesRescaling) {
  TestNode node(OpCode::kAveragePool2d, Pool2dAttributes{}, /*version=*/2);
  node.Input<I8>({1, 1, 1, 1}, {1}, Quantized(1, 0)).Output(ElementType::kInt8, Quantized(2, 0));
  EXPECT_FALSE(node.Run().ok());
}

TEST(MaxPool, WithActivation) {
  TestNode node(
      OpCode::kMaxPool2d,
      Pool2dAttributes{.padding = Padding::kValid, .filter_h = 2, .filter_w = 2, .activation = Activation::kRelu6});
  node.Input<float>({1, 2, 2, 2}, {-1, -2, -3, 9, -5, 1, -7, 2}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(0, 6));
}

TEST(Mean, FloatOverSomeAxes) {
  TestNode node(OpCode::kMean, ReducerAttributes{.keep_dims = true});
  node.Input<float>({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}).Constant<I32>({2}, {0, -1}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({1, 2, 1}));
  EXPECT_THAT(node.Result<float>(), ElementsAre(3.5F, 5.5F));
}

TEST(Mean, Int8Rescales) {
  TestNode node(OpCode::kMean, ReducerAttributes{}, /*version=*/2);
  node.Input<I8>({1, 3, 2}, {0, 10, 1, 20, 5, 30}, Quantized(1, 0))
      .Constant<I32>({1}, {1})
      .Output(ElementType::kInt8, Quantized(0.5F, -3));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({1, 2}));
  EXPECT_THAT(node.Result<I8>(), ElementsAre(1, 37));
}

TEST(Mean, RefusesAxesOutOfRange) {
  TestNode node(OpCode::kMean, ReducerAttributes{});
  node.Input<float>({2}, {1, 2}).Constant<I32>({1}, {1}).Output(ElementType::kFloat32);
  EXPECT_FALSE(node.Run().ok());
}

TestNode Resize(const ResizeAttributes& attributes) {
  TestNode node(OpCode::kResizeBilinear, attributes, /*version=*/3);
  node.Input<float>({1, 1, 2, 1}, {0, 4}).Constant<I32>({2}, {1, 4}).Output(ElementType::kFloat32);
  return node;
}

TEST(ResizeBilinear, Coordinates) {
  TestNode legacy = Resize({});
  ASSERT_TRUE(legacy.Run().ok());
  EXPECT_THAT(legacy.Result<float>(), ElementsAre(0, 2, 4, 4));
  TestNode aligned = Resize({.align_corners = true});
  ASSERT_TRUE(aligned.Run().ok());
  EXPECT_THAT(aligned.Result<float>(),
              ElementsAre(0, ::testing::FloatNear(4.0F / 3, 1e-6F), ::testing::FloatNear(8.0F / 3, 1e-6F), 4));
  TestNode centers = Resize({.half_pixel_centers = true});
  ASSERT_TRUE(centers.Run().ok());
  EXPECT_THAT(centers.Result<float>(), ElementsAre(0, 1, 3, 4));
}

TEST(ResizeBilinear, Int8InFixedPoint) {
  TestNode node(OpCode::kResizeBilinear, ResizeAttributes{}, /*version=*/3);
  node.Input<I8>({1, 1, 2, 1}, {0, -5}).Constant<I32>({2}, {1, 4}).Output(ElementType::kInt8);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(0, -3, -5, -5));
}

TEST(ResizeBilinear, RefusesEmptySizes) {
  TestNode node(OpCode::kResizeBilinear, ResizeAttributes{});
  node.Input<float>({1, 1, 1, 1}, {1}).Constant<I32>({2}, {0, 4}).Output(ElementType::kFloat32);
  EXPECT_FALSE(node.Run().ok());
}

}  // namespace
}  // namespace tfld::engine
