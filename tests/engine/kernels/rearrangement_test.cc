// SLICE, TILE, BROADCAST_TO, REVERSE, SPACE_TO_BATCH, SPACE_TO_DEPTH, MIRROR_PAD, RESIZE_NEAREST_NEIGHBOR, diagonals,
// DYNAMIC_UPDATE_SLICE: expected values from the definitions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using I8 = std::int8_t;
using I16 = std::int16_t;
using I32 = std::int32_t;
using I64 = std::int64_t;
using U8 = std::uint8_t;

const std::vector<I16> kSix = {1, 2, 3, 4, 5, 6};

// first, first + 1, ..
template <typename T>
std::vector<T> Counting(int count, int first = 0) {
  std::vector<T> elements(static_cast<std::size_t>(count));
  std::iota(elements.begin(), elements.end(), static_cast<T>(first));
  return elements;
}

std::vector<std::byte> Bytes(std::initializer_list<int> bytes) {
  std::vector<std::byte> out;
  for (const int byte : bytes) out.push_back(static_cast<std::byte>(byte));
  return out;
}

TEST(Slice, TakesTheRestForMinusOne) {
  TestNode node(OpCode::kSlice);
  node.Input<I16>({2, 3}, kSix).Constant<I64>({2}, {0, 1}).Constant<I32>({2}, {2, -1}).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({2, 2}));
  EXPECT_THAT(node.Result<I16>(), ElementsAre(2, 3, 5, 6));
}

TEST(Slice, ReadsBeginsWhenItRuns) {
  TestNode node(OpCode::kSlice);
  node.Input<I16>({2, 3}, kSix).Input<I32>({2}, {1, 1}).Constant<I32>({2}, {1, 2}).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I16>(), ElementsAre(5, 6));
  TestNode outside(OpCode::kSlice);
  outside.Input<I16>({6}, kSix).Input<I32>({1}, {5}).Constant<I32>({1}, {2}).Output(ElementType::kInt16);
  EXPECT_EQ(outside.Run().code(), StatusCode::kOutOfRange);
}

TEST(Slice, RefusesWhatDoesNotFit) {
  for (const auto& [begin, size] : {std::pair<I32, I32>{0, 7}, {-1, 2}, {6, 1}, {0, -2}, {7, -1}}) {
    TestNode node(OpCode::kSlice);
    node.Input<I16>({6}, kSix).Constant<I32>({1}, {begin}).Constant<I32>({1}, {size}).Output(ElementType::kInt16);
    EXPECT_FALSE(node.Run().ok()) << begin << " " << size;
  }
}

TEST(Slice, FourBitElements) {
  TestNode node(OpCode::kSlice);
  node.AddInput(ElementType::kInt4, {5}, Bytes({0x21, 0x43, 0x05}), {}, false)
      .Constant<I32>({1}, {1})
      .Constant<I32>({1}, {3})
      .Output(ElementType::kInt4);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<U8>(), ElementsAre(0x32, 0x04));
}

TEST(FourBits, MoveInConcatenationGatherTransposeAndUpdate) {
  TestNode concatenation(OpCode::kConcatenation, ConcatenationAttributes{.axis = 1}, 7);
  concatenation.AddInput(ElementType::kInt4, {2, 1}, Bytes({0x41}), {}, false)
      .AddInput(ElementType::kInt4, {2, 2}, Bytes({0x32, 0x65}), {}, false)
      .Output(ElementType::kInt4);
  ASSERT_TRUE(concatenation.Run().ok());
  EXPECT_THAT(concatenation.Result<U8>(), ElementsAre(0x21, 0x43, 0x65));

  TestNode gather(OpCode::kGather, GatherAttributes{});
  gather.AddInput(ElementType::kInt4, {3, 1}, Bytes({0x21, 0x03}), {}, false)
      .Input<I16>({3}, {2, 0, 2})
      .Output(ElementType::kInt4);
  ASSERT_TRUE(gather.Run().ok());
  EXPECT_THAT(gather.Result<U8>(), ElementsAre(0x13, 0x03));

  TestNode transpose(OpCode::kTranspose);
  transpose.AddInput(ElementType::kInt4, {2, 3}, Bytes({0x21, 0x43, 0x65}), {}, false)
      .Constant<I32>({2}, {1, 0})
      .Output(ElementType::kInt4);
  ASSERT_TRUE(transpose.Run().ok());
  EXPECT_THAT(transpose.Result<U8>(), ElementsAre(0x41, 0x52, 0x63));

  TestNode update(OpCode::kDynamicUpdateSlice);
  update.AddInput(ElementType::kInt4, {4}, Bytes({0x21, 0x43}), {}, false)
      .AddInput(ElementType::kInt4, {2}, Bytes({0x65}), {}, false)
      .Input<I32>({1}, {1})
      .Output(ElementType::kInt4);
  ASSERT_TRUE(update.Run().ok());
  EXPECT_THAT(update.Result<U8>(), ElementsAre(0x51, 0x46));

  TestNode split(OpCode::kSplit, SplitAttributes{.num_splits = 3});
  split.Constant<I32>({}, {0}).AddInput(ElementType::kInt4, {3}, Bytes({0x21, 0x03}), {}, false);
  for (int i = 0; i < 3; ++i) split.Output(ElementType::kInt4);
  ASSERT_TRUE(split.Run().ok());
  for (int i = 0; i < 3; ++i) EXPECT_THAT(split.Result<U8>(i), ElementsAre(i + 1));
}

TEST(Reshape, AnEmptyTensorWithOneDimensionOpen) {
  TestNode kept(OpCode::kReshape);
  kept.Input<I16>({0, 4}, {}).Constant<I32>({2}, {0, -1}).Output(ElementType::kInt16);
  ASSERT_TRUE(kept.Run().ok());
  EXPECT_EQ(kept.ResultShape(), Shape({0, 4}));
  TestNode moved(OpCode::kReshape);
  moved.Input<I16>({0, 4}, {}).Constant<I32>({2}, {-1, 2}).Output(ElementType::kInt16);
  ASSERT_TRUE(moved.Run().ok());
  EXPECT_EQ(moved.ResultShape(), Shape({0, 2}));
}

TEST(Pad, PaddingsOfEightBits) {
  TestNode node(OpCode::kPad);
  node.Input<float>({1}, {1}).Constant<I8>({1, 2}, {2, 1}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(0, 0, 1, 0));
}

TEST(Tile, RepeatsEachAxis) {
  TestNode node(OpCode::kTile);
  node.Input<I16>({2, 2}, {1, 2, 3, 4}).Constant<I64>({2}, {2, 2}).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({4, 4}));
  EXPECT_THAT(node.Result<I16>(), ElementsAre(1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4));
}

TEST(Tile, NoTimesAndScalars) {
  TestNode none(OpCode::kTile);
  none.Input<I16>({2, 3}, kSix).Constant<I32>({2}, {0, 2}).Output(ElementType::kInt16);
  ASSERT_TRUE(none.Run().ok());
  EXPECT_EQ(none.ResultShape(), Shape({0, 6}));
  TestNode scalar(OpCode::kTile);
  scalar.Input<I16>({}, {7}).Constant<I32>({0}, {}).Output(ElementType::kInt16);
  ASSERT_TRUE(scalar.Run().ok());
  EXPECT_THAT(scalar.Result<I16>(), ElementsAre(7));
  TestNode negative(OpCode::kTile);
  EXPECT_FALSE(negative.Input<I16>({6}, kSix).Constant<I32>({1}, {-1}).Output(ElementType::kInt16).Run().ok());
}

TEST(BroadcastTo, NewAxesAndOnes) {
  TestNode node(OpCode::kBroadcastTo);
  node.Input<I16>({2, 1}, {1, 2}).Constant<I32>({3}, {2, 2, 3}).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I16>(), ElementsAre(1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2));
  TestNode wrong(OpCode::kBroadcastTo);
  wrong.Input<I16>({2}, {1, 2}).Constant<I32>({1}, {3}).Output(ElementType::kInt16);
  EXPECT_THAT(wrong.Run().message(), HasSubstr("[2] cannot be broadcast to [3]"));
}

TEST(BroadcastArgs, OfDifferentRanks) {
  TestNode node(OpCode::kBroadcastArgs);
  node.Input<I64>({1}, {5}).Input<I64>({3}, {2, 1, 1}).Output(ElementType::kInt64);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I64>(), ElementsAre(2, 1, 5));
  TestNode wrong(OpCode::kBroadcastArgs);
  EXPECT_FALSE(wrong.Input<I32>({1}, {5}).Input<I32>({1}, {4}).Output(ElementType::kInt32).Run().ok());
}

TEST(Reverse, SomeAxes) {
  TestNode node(OpCode::kReverseV2);
  node.Input<I16>({2, 3}, kSix).Constant<I32>({1}, {-1}).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I16>(), ElementsAre(3, 2, 1, 6, 5, 4));
  TestNode both(OpCode::kReverseV2);
  both.Input<I16>({2, 3}, kSix).Input<I32>({2}, {1, 0}).Output(ElementType::kInt16);
  ASSERT_TRUE(both.Run().ok());
  EXPECT_THAT(both.Result<I16>(), ElementsAre(6, 5, 4, 3, 2, 1));
  TestNode twice(OpCode::kReverseV2);
  twice.Input<I16>({2, 3}, kSix).Constant<I32>({2}, {1, -1}).Output(ElementType::kInt16);
  EXPECT_THAT(twice.Run().message(), HasSubstr("named twice"));
}

TEST(ReverseSequence, BothOrdersOfAxes) {
  TestNode rows(OpCode::kReverseSequence, ReverseSequenceAttributes{.seq_dim = 1, .batch_dim = 0});
  rows.Input<I16>({2, 3}, kSix).Input<I64>({2}, {2, 3}).Output(ElementType::kInt16);
  ASSERT_TRUE(rows.Run().ok());
  EXPECT_THAT(rows.Result<I16>(), ElementsAre(2, 1, 3, 6, 5, 4));
  TestNode columns(OpCode::kReverseSequence, ReverseSequenceAttributes{.seq_dim = 0, .batch_dim = 1});
  columns.Input<I16>({2, 3}, kSix).Input<I32>({3}, {2, 1, 0}).Output(ElementType::kInt16);
  ASSERT_TRUE(columns.Run().ok());
  EXPECT_THAT(columns.Result<I16>(), ElementsAre(4, 2, 3, 1, 5, 6));
  TestNode too_long(OpCode::kReverseSequence, ReverseSequenceAttributes{.seq_dim = 1, .batch_dim = 0});
  too_long.Input<I16>({2, 3}, kSix).Input<I32>({2}, {4, 0}).Output(ElementType::kInt16);
  EXPECT_EQ(too_long.Run().code(), StatusCode::kOutOfRange);
}

TEST(SpaceToBatch, WithPaddings) {
  // A row of three pixels, padded by one in front: 0 1 | 2 3.
  TestNode node(OpCode::kSpaceToBatchNd);
  node.Input<I8>({1, 1, 3, 1}, {1, 2, 3}, Quantized(1, -5))
      .Constant<I32>({2}, {1, 2})
      .Constant<I32>({2, 2}, {0, 0, 1, 0})
      .Output(ElementType::kInt8, Quantized(1, -5));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({2, 1, 2, 1}));
  EXPECT_THAT(node.Result<I8>(), ElementsAre(-5, 2, 1, 3));
}

// For each pixel of the image: batch (h % bh * bw + w % bw) * N + n, place (h / bh, w / bw), of padded coordinates.
TEST(SpaceToBatch, IsUndoneByBatchToSpace) {
  const Shape image{2, 3, 5, 2};
  const std::vector<I32> block = {2, 3}, borders = {1, 0, 0, 1};
  const auto elements = Counting<I32>(60, 1);
  TestNode cut(OpCode::kSpaceToBatchNd);
  cut.Input<I32>(image, elements).Constant<I32>({2}, block).Constant<I32>({2, 2}, borders);
  ASSERT_TRUE(cut.Output(ElementType::kInt32).Run().ok());
  ASSERT_EQ(cut.ResultShape(), Shape({12, 2, 2, 2}));
  std::vector<I32> expected(96, 0);
  for (int n = 0; n < 2; ++n) {
    for (int h = 1; h < 4; ++h) {
      for (int w = 0; w < 5; ++w) {
        for (int c = 0; c < 2; ++c) {
          const int batch = (h % 2 * 3 + w % 3) * 2 + n;
          expected[static_cast<std::size_t>(((batch * 2 + h / 2) * 2 + w / 3) * 2 + c)] =
              elements[static_cast<std::size_t>(((n * 3 + h - 1) * 5 + w) * 2 + c)];
        }
      }
    }
  }
  EXPECT_EQ(cut.Result<I32>(), expected);

  TestNode joined(OpCode::kBatchToSpaceNd);
  joined.Input<I32>({12, 2, 2, 2}, expected).Constant<I32>({2}, block).Constant<I32>({2, 2}, borders);
  ASSERT_TRUE(joined.Output(ElementType::kInt32).Run().ok());
  EXPECT_EQ(joined.ResultShape(), image);
  EXPECT_EQ(joined.Result<I32>(), elements);
}

TEST(SpaceToBatch, RefusesWhatDoesNotFit) {
  const auto run = [](OpCode op, I32 block, I32 before) {
    TestNode node(op);
    node.Input<I32>({2, 3, 1}, Counting<I32>(6)).Constant<I32>({1}, {block}).Constant<I32>({1, 2}, {before, 0});
    return node.Output(ElementType::kInt32).Run();
  };
  EXPECT_FALSE(run(OpCode::kSpaceToBatchNd, 2, 0).ok());
  EXPECT_FALSE(run(OpCode::kSpaceToBatchNd, 0, 0).ok());
  EXPECT_FALSE(run(OpCode::kSpaceToBatchNd, 2, -1).ok());
  EXPECT_FALSE(run(OpCode::kBatchToSpaceNd, 3, 0).ok());
  EXPECT_FALSE(run(OpCode::kBatchToSpaceNd, 2, 7).ok());
}

TEST(SpaceToDepth, AndBack) {
  TestNode deep(OpCode::kSpaceToDepth, BlockSizeAttributes{.block_size = 2});
  deep.Input<U8>({1, 2, 4, 1}, {1, 2, 5, 6, 3, 4, 7, 8}).Output(ElementType::kUInt8);
  ASSERT_TRUE(deep.Run().ok());
  EXPECT_EQ(deep.ResultShape(), Shape({1, 1, 2, 4}));
  EXPECT_EQ(deep.Result<U8>(), Counting<U8>(8, 1));
  TestNode flat(OpCode::kDepthToSpace, BlockSizeAttributes{.block_size = 2});
  flat.Input<U8>({1, 1, 2, 4}, Counting<U8>(8, 1)).Output(ElementType::kUInt8);
  ASSERT_TRUE(flat.Run().ok());
  EXPECT_THAT(flat.Result<U8>(), ElementsAre(1, 2, 5, 6, 3, 4, 7, 8));
  TestNode wrong(OpCode::kDepthToSpace, BlockSizeAttributes{.block_size = 3});
  EXPECT_FALSE(wrong.Input<U8>({1, 1, 2, 4}, Counting<U8>(8)).Output(ElementType::kUInt8).Run().ok());
}

TEST(MirrorPad, ReflectAndSymmetric) {
  TestNode reflect(OpCode::kMirrorPad, MirrorPadAttributes{.is_symmetric = false});
  reflect.Input<I16>({3}, {1, 2, 3}).Constant<I32>({1, 2}, {2, 2}).Output(ElementType::kInt16);
  ASSERT_TRUE(reflect.Run().ok());
  EXPECT_THAT(reflect.Result<I16>(), ElementsAre(3, 2, 1, 2, 3, 2, 1));
  TestNode symmetric(OpCode::kMirrorPad, MirrorPadAttributes{.is_symmetric = true});
  symmetric.Input<I16>({1, 3}, {1, 2, 3}).Constant<I64>({2, 2}, {1, 0, 2, 3}).Output(ElementType::kInt16);
  ASSERT_TRUE(symmetric.Run().ok());
  EXPECT_THAT(symmetric.Result<I16>(), ElementsAre(2, 1, 1, 2, 3, 3, 2, 1, 2, 1, 1, 2, 3, 3, 2, 1));
  TestNode too_wide(OpCode::kMirrorPad, MirrorPadAttributes{.is_symmetric = false});
  too_wide.Input<I16>({3}, {1, 2, 3}).Constant<I32>({1, 2}, {3, 0}).Output(ElementType::kInt16);
  EXPECT_THAT(too_wide.Run().message(), HasSubstr("expected 0 to 2"));
}

TEST(ResizeNearestNeighbor, CornersAndCentres) {
  const auto run = [](const ResizeAttributes& attributes, I32 width) {
    TestNode node(OpCode::kResizeNearestNeighbor, attributes);
    node.Input<I16>({1, 1, 4, 1}, {1, 2, 3, 4}).Constant<I32>({2}, {1, width}).Output(ElementType::kInt16);
    EXPECT_TRUE(node.Run().ok());
    return node.Result<I16>();
  };
  EXPECT_THAT(run({}, 3), ElementsAre(1, 2, 3));                            // 0, 4/3, 8/3 down
  EXPECT_THAT(run({.half_pixel_centers = true}, 3), ElementsAre(1, 3, 4));  // 2/3, 2, 10/3 down
  EXPECT_THAT(run({.align_corners = true}, 3), ElementsAre(1, 3, 4));       // 0, 1.5, 3 rounded
  EXPECT_THAT(run({.align_corners = true}, 1), ElementsAre(1));
  EXPECT_THAT(run({}, 8), ElementsAre(1, 1, 2, 2, 3, 3, 4, 4));
}

TEST(MatrixDiag, MakesAndReplacesDiagonals) {
  TestNode made(OpCode::kMatrixDiag);
  made.Input<I16>({2, 2}, {1, 2, 3, 4}).Output(ElementType::kInt16);
  ASSERT_TRUE(made.Run().ok());
  EXPECT_EQ(made.ResultShape(), Shape({2, 2, 2}));
  EXPECT_THAT(made.Result<I16>(), ElementsAre(1, 0, 0, 2, 3, 0, 0, 4));
  TestNode set(OpCode::kMatrixSetDiag);
  set.Input<I16>({2, 3}, kSix).Input<I16>({2}, {8, 9}).Output(ElementType::kInt16);
  ASSERT_TRUE(set.Run().ok());
  EXPECT_THAT(set.Result<I16>(), ElementsAre(8, 2, 3, 4, 9, 6));
  TestNode wrong(OpCode::kMatrixSetDiag);
  wrong.Input<I16>({2, 3}, kSix).Input<I16>({3}, {7, 8, 9}).Output(ElementType::kInt16);
  EXPECT_THAT(wrong.Run().message(), HasSubstr("expected [2]"));
}

TEST(DynamicUpdateSlice, ClampsWhereItBegins) {
  const auto run = [](const std::vector<I64>& start) {
    TestNode node(OpCode::kDynamicUpdateSlice);
    node.Input<I16>({2, 3}, kSix).Input<I16>({1, 2}, {8, 9}).Input<I64>({2}, start).Output(ElementType::kInt16);
    EXPECT_TRUE(node.Run().ok());
    return node.Result<I16>();
  };
  EXPECT_THAT(run({1, 1}), ElementsAre(1, 2, 3, 4, 8, 9));
  EXPECT_THAT(run({-4, I64{1} << 40}), ElementsAre(1, 8, 9, 4, 5, 6));
  TestNode wide(OpCode::kDynamicUpdateSlice);
  wide.Input<I16>({6}, kSix).Input<I16>({7}, Counting<I16>(7)).Input<I32>({1}, {0}).Output(ElementType::kInt16);
  EXPECT_FALSE(wide.Run().ok());
}

TEST(DynamicUpdateSlice, AnEmptyUpdateChangesNothing) {
  TestNode node(OpCode::kDynamicUpdateSlice);
  node.Input<I16>({2, 3}, kSix).Input<I16>({0, 3}, {}).Input<I32>({2}, {0, 0}).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.Result<I16>(), kSix);
}

TEST(Bitcast, ToSmallerAndLargerTypes) {
  TestNode smaller(OpCode::kBitcast);
  smaller.Input<I32>({2}, {0x04030201, -1}).Output(ElementType::kUInt8);
  ASSERT_TRUE(smaller.Run().ok());
  EXPECT_EQ(smaller.ResultShape(), Shape({2, 4}));
  EXPECT_THAT(smaller.Result<U8>(), ElementsAre(1, 2, 3, 4, 255, 255, 255, 255));
  TestNode larger(OpCode::kBitcast);
  larger.Input<U8>({2, 4}, {1, 2, 3, 4, 255, 255, 255, 255}).Output(ElementType::kInt32);
  ASSERT_TRUE(larger.Run().ok());
  EXPECT_EQ(larger.ResultShape(), Shape({2}));
  EXPECT_THAT(larger.Result<I32>(), ElementsAre(0x04030201, -1));
  TestNode wrong(OpCode::kBitcast);
  EXPECT_FALSE(wrong.Input<U8>({2, 3}, Counting<U8>(6)).Output(ElementType::kInt32).Run().ok());
}

}  // namespace
}  // namespace tfld::engine
