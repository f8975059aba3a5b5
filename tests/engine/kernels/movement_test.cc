#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using I8 = std::int8_t;
using I16 = std::int16_t;
using I32 = std::int32_t;
using U8 = std::uint8_t;

const std::vector<I16> kSix = {1, 2, 3, 4, 5, 6};

TEST(Reshape, FillsTheOpenDimension) {
  TestNode node(OpCode::kReshape);
  node.Input<I16>({2, 3}, kSix).Constant<I32>({3}, {1, -1, 2}).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({1, 3, 2}));
  EXPECT_EQ(node.Result<I16>(), kSix);
}

TEST(Reshape, RefusesAnotherNumberOfElements) {
  for (const std::vector<I32>& shape : {std::vector<I32>{7}, {-1, 4}, {-1, -1}, {-2, 3}, {0, -1}, {1 << 30, 1 << 30}}) {
    TestNode node(OpCode::kReshape, ReshapeAttributes{.new_shape = shape});
    EXPECT_FALSE(node.Input<I16>({2, 3}, kSix).Output(ElementType::kInt16).Run().ok());
  }
}

TEST(Squeeze, AllOrSome) {
  TestNode all(OpCode::kSqueeze);
  ASSERT_TRUE(all.Input<I16>({1, 6, 1}, kSix).Output(ElementType::kInt16).Run().ok());
  EXPECT_EQ(all.ResultShape(), Shape({6}));
  TestNode last(OpCode::kSqueeze, SqueezeAttributes{.squeeze_dims = {-1}});
  ASSERT_TRUE(last.Input<I16>({1, 6, 1}, kSix).Output(ElementType::kInt16).Run().ok());
  EXPECT_EQ(last.ResultShape(), Shape({1, 6}));
  TestNode wrong(OpCode::kSqueeze, SqueezeAttributes{.squeeze_dims = {1}});
  EXPECT_FALSE(wrong.Input<I16>({1, 6, 1}, kSix).Output(ElementType::kInt16).Run().ok());
}

TEST(ExpandDims, AtTheEnd) {
  TestNode node(OpCode::kExpandDims);
  node.Input<I16>({6}, kSix).Constant<I32>({}, {-1}).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({6, 1}));
}

TEST(Transpose, TwoAxes) {
  TestNode node(OpCode::kTranspose);
  node.Input<I16>({2, 3}, kSix).Constant<I32>({2}, {1, 0}).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({3, 2}));
  EXPECT_THAT(node.Result<I16>(), ElementsAre(1, 4, 2, 5, 3, 6));
}

TEST(Transpose, RefusesWhatIsNoPermutation) {
  TestNode node(OpCode::kTranspose);
  node.Input<I16>({2, 3}, kSix).Constant<I32>({2}, {1, 1}).Output(ElementType::kInt16);
  EXPECT_THAT(node.Run().message(), HasSubstr("twice"));
}

TEST(Pad, WithTheZeroPoint) {
  TestNode node(OpCode::kPad, {}, /*version=*/2);
  node.Input<I8>({1, 2}, {1, 2}, Quantized(1, -7))
      .Constant<I32>({2, 2}, {1, 0, 0, 1})
      .Output(ElementType::kInt8, Quantized(1, -7));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(-7, -7, -7, 1, 2, -7));
}

TEST(Pad, WithAValue) {
  TestNode node(OpCode::kPadv2);
  node.Input<float>({1}, {1}).Constant<I32>({1, 2}, {2, 1}).Constant<float>({}, {0.5F}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(0.5F, 0.5F, 1, 0.5F));
}

TEST(Pad, RefusesNegativeAndHugePaddings) {
  for (const I32 padding : {-1, 0x7FFFFFFF}) {
    TestNode node(OpCode::kPad);
    node.Input<float>({1}, {1}).Constant<I32>({1, 2}, {padding, 0}).Output(ElementType::kFloat32);
    EXPECT_FALSE(node.Run().ok());
  }
}

TestNode Slice(const StridedSliceAttributes& attributes, const std::vector<I32>& begin, const std::vector<I32>& end,
               const std::vector<I32>& stride) {
  TestNode node(OpCode::kStridedSlice, attributes);
  const Shape shape{static_cast<I32>(begin.size())};
  node.Input<I16>({2, 3}, kSix).Constant<I32>(shape, begin).Constant<I32>(shape, end).Constant<I32>(shape, stride);
  node.Output(ElementType::kInt16);
  return node;
}

TEST(StridedSlice, NegativeIndicesAndStrides) {
  TestNode node = Slice({}, {0, -1}, {2, -4}, {1, -2});
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({2, 2}));
  EXPECT_THAT(node.Result<I16>(), ElementsAre(3, 1, 6, 4));
}

TEST(StridedSlice, ShrinkAndMasks) {
  TestNode node = Slice({.begin_mask = 2, .end_mask = 2, .shrink_axis_mask = 1}, {-1, 9}, {0, 9}, {1, 1});
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({3}));
  EXPECT_THAT(node.Result<I16>(), ElementsAre(4, 5, 6));
}

TEST(StridedSlice, EllipsisAndNewAxis) {
  TestNode node = Slice({.ellipsis_mask = 1, .new_axis_mask = 4}, {0, 1, 0}, {0, 3, 0}, {1, 1, 1});
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({2, 2, 1}));
  EXPECT_THAT(node.Result<I16>(), ElementsAre(2, 3, 5, 6));
}

TEST(StridedSlice, SizesFromABeginThatCountsFromTheEnd) {
  TestNode node = Slice({.offset = true}, {-2, -2}, {2, 2}, {1, 1});
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({2, 2}));
  EXPECT_THAT(node.Result<I16>(), ElementsAre(2, 3, 5, 6));
}

TEST(StridedSlice, EmptyAndWrong) {
  TestNode empty = Slice({}, {1, 0}, {1, 3}, {1, 1});
  ASSERT_TRUE(empty.Run().ok());
  EXPECT_EQ(empty.ResultShape(), Shape({0, 3}));
  EXPECT_FALSE(Slice({}, {0}, {1}, {0}).Run().ok());
  EXPECT_FALSE(Slice({}, {0, 0, 0}, {1, 1, 1}, {1, 1, 1}).Run().ok());
}

TEST(Concatenation, AlongTheMiddle) {
  TestNode node(OpCode::kConcatenation, ConcatenationAttributes{.axis = -2});
  node.Input<I32>({2, 1, 2}, {1, 2, 5, 6}).Input<I32>({2, 1, 2}, {3, 4, 7, 8}).Output(ElementType::kInt32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({2, 2, 2}));
  EXPECT_THAT(node.Result<I32>(), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

TEST(Concatenation, Uint8OfOtherScales) {
  TestNode node(OpCode::kConcatenation, ConcatenationAttributes{});
  node.Input<U8>({2}, {130, 126}, Quantized(1, 128))
      .Input<U8>({1}, {9}, Quantized(0.5F, 10))
      .Output(ElementType::kUInt8, Quantized(0.5F, 10));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<U8>(), ElementsAre(14, 6, 9));
}

TEST(Pack, AndUnpack) {
  TestNode pack(OpCode::kPack, PackAttributes{.count = 2, .axis = 1});
  pack.Input<I16>({3}, {1, 2, 3}).Input<I16>({3}, {4, 5, 6}).Output(ElementType::kInt16);
  ASSERT_TRUE(pack.Run().ok());
  EXPECT_EQ(pack.ResultShape(), Shape({3, 2}));
  EXPECT_THAT(pack.Result<I16>(), ElementsAre(1, 4, 2, 5, 3, 6));

  TestNode unpack(OpCode::kUnpack, PackAttributes{.count = 2, .axis = 1});
  unpack.Input<I16>({3, 2}, pack.Result<I16>()).Output(ElementType::kInt16).Output(ElementType::kInt16);
  ASSERT_TRUE(unpack.Run().ok());
  EXPECT_THAT(unpack.Result<I16>(0), ElementsAre(1, 2, 3));
  EXPECT_THAT(unpack.Result<I16>(1), ElementsAre(4, 5, 6));
}

TEST(Split, Evenly) {
  TestNode node(OpCode::kSplit, SplitAttributes{.num_splits = 3});
  node.Constant<I32>({}, {1}).Input<I16>({2, 3}, kSix);
  for (int i = 0; i < 3; ++i) node.Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I16>(1), ElementsAre(2, 5));
}

TEST(SplitV, WithTheRest) {
  TestNode node(OpCode::kSplitV, SplitAttributes{.num_splits = 2});
  node.Input<I16>({2, 3}, kSix).Constant<I32>({2}, {-1, 1}).Constant<I32>({1}, {-1});
  node.Output(ElementType::kInt16).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(0), Shape({2, 2}));
  EXPECT_THAT(node.Result<I16>(0), ElementsAre(1, 2, 4, 5));
  EXPECT_THAT(node.Result<I16>(1), ElementsAre(3, 6));
}

TEST(SplitV, RefusesSizesThatDoNotAddUp) {
  for (const std::vector<I32>& sizes : {std::vector<I32>{1, 1}, {-1, -1}, {-2, 5}, {4, -1}}) {
    TestNode node(OpCode::kSplitV, SplitAttributes{.num_splits = 2});
    node.Input<I16>({2, 3}, kSix).Constant<I32>({2}, sizes).Constant<I32>({1}, {1});
    EXPECT_FALSE(node.Output(ElementType::kInt16).Output(ElementType::kInt16).Run().ok());
  }
}

TEST(Gather, RowsAndBatches) {
  TestNode rows(OpCode::kGather, GatherAttributes{});
  rows.Input<I16>({3, 2}, kSix).Input<I32>({2}, {2, 0}).Output(ElementType::kInt16);
  ASSERT_TRUE(rows.Run().ok());
  EXPECT_THAT(rows.Result<I16>(), ElementsAre(5, 6, 1, 2));

  TestNode batches(OpCode::kGather, GatherAttributes{.axis = 1, .batch_dims = 1});
  batches.Input<I16>({2, 3}, kSix).Input<I32>({2, 1}, {2, 0}).Output(ElementType::kInt16);
  ASSERT_TRUE(batches.Run().ok());
  EXPECT_EQ(batches.ResultShape(), Shape({2, 1}));
  EXPECT_THAT(batches.Result<I16>(), ElementsAre(3, 4));
}

TEST(Gather, RefusesIndicesOutOfRange) {
  for (const I32 index : {-1, 3}) {
    TestNode node(OpCode::kGather, GatherAttributes{});
    node.Input<I16>({3, 2}, kSix).Input<I32>({1}, {index}).Output(ElementType::kInt16);
    EXPECT_EQ(node.Run().code(), StatusCode::kOutOfRange);
  }
}

TEST(ShapeOperator, WritesDimensions) {
  TestNode node(OpCode::kShape);
  node.Input<I16>({2, 3}, kSix).Output(ElementType::kInt64);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<std::int64_t>(), ElementsAre(2, 3));
}

}  // namespace
}  // namespace tfld::engine
