// GATHER_ND, SCATTER_ND, segments, tables, and operators whose output's shape lies in the data: by their definitions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/kernels/reference/farm_fingerprint.h"
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
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(GatherNd, ElementsAndRows) {
  TestNode elements(OpCode::kGatherNd);
  elements.Input<I16>({2, 3}, kSix).Input<I64>({2, 2}, {1, 2, 0, 1}).Output(ElementType::kInt16);
  ASSERT_TRUE(elements.Run().ok());
  EXPECT_THAT(elements.Result<I16>(), ElementsAre(6, 2));
  TestNode rows(OpCode::kGatherNd);
  rows.Input<I16>({2, 3}, kSix).Input<I16>({1, 1}, {1}).Output(ElementType::kInt16);
  ASSERT_TRUE(rows.Run().ok());
  EXPECT_EQ(rows.ResultShape(), Shape({1, 3}));
  EXPECT_THAT(rows.Result<I16>(), ElementsAre(4, 5, 6));
  TestNode whole(OpCode::kGatherNd);
  whole.Input<I16>({6}, kSix).Input<I32>({2, 0}, {}).Output(ElementType::kInt16);
  ASSERT_TRUE(whole.Run().ok());
  EXPECT_EQ(whole.ResultShape(), Shape({2, 6}));
}

TEST(GatherNd, RefusesIndicesOutOfRange) {
  for (const I32 index : {-1, 3}) {
    TestNode node(OpCode::kGatherNd);
    node.Input<I16>({2, 3}, kSix).Input<I32>({2}, {0, index}).Output(ElementType::kInt16);
    EXPECT_EQ(node.Run().code(), StatusCode::kOutOfRange);
  }
  TestNode deep(OpCode::kGatherNd);
  EXPECT_FALSE(deep.Input<I16>({6}, kSix).Input<I32>({2}, {0, 0}).Output(ElementType::kInt16).Run().ok());
}

TEST(ScatterNd, AddsAndWraps) {
  TestNode node(OpCode::kScatterNd);
  node.Input<I32>({3, 1}, {1, 3, 1}).Input<I8>({3}, {100, 5, 100}).Constant<I32>({1}, {4}).Output(ElementType::kInt8);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(0, -56, 0, 5));
  TestNode rows(OpCode::kScatterNd);
  rows.Input<I32>({1, 1}, {1}).Input<float>({1, 2}, {1, 2}).Constant<I32>({2}, {2, 2}).Output(ElementType::kFloat32);
  ASSERT_TRUE(rows.Run().ok());
  EXPECT_THAT(rows.Result<float>(), ElementsAre(0, 0, 1, 2));
}

TEST(ScatterNd, RefusesWhatDoesNotFit) {
  TestNode outside(OpCode::kScatterNd);
  outside.Input<I32>({1, 1}, {4}).Input<I32>({1}, {1}).Constant<I32>({1}, {4}).Output(ElementType::kInt32);
  EXPECT_EQ(outside.Run().code(), StatusCode::kOutOfRange);
  TestNode shapes(OpCode::kScatterNd);
  shapes.Input<I32>({1, 1}, {1}).Input<I32>({2}, {1, 2}).Constant<I32>({1}, {4}).Output(ElementType::kInt32);
  EXPECT_THAT(shapes.Run().message(), HasSubstr("do not fit"));
}

TEST(Fill, AndZerosLike) {
  TestNode fill(OpCode::kFill);
  fill.Constant<I64>({2}, {2, 1}).Input<I16>({}, {7}).Output(ElementType::kInt16);
  ASSERT_TRUE(fill.Run().ok());
  EXPECT_EQ(fill.ResultShape(), Shape({2, 1}));
  EXPECT_THAT(fill.Result<I16>(), ElementsAre(7, 7));
  TestNode negative(OpCode::kFill);
  EXPECT_FALSE(negative.Constant<I32>({1}, {-1}).Input<I16>({}, {7}).Output(ElementType::kInt16).Run().ok());
  TestNode zeros(OpCode::kZerosLike);
  ASSERT_TRUE(zeros.Input<I64>({2}, {7, 8}).Output(ElementType::kInt64).Run().ok());
  EXPECT_THAT(zeros.Result<I64>(), ElementsAre(0, 0));
}

TEST(Range, UpAndDown) {
  TestNode up(OpCode::kRange);
  up.Constant<float>({}, {1}).Constant<float>({}, {2}).Constant<float>({}, {0.375F}).Output(ElementType::kFloat32);
  ASSERT_TRUE(up.Run().ok());
  EXPECT_THAT(up.Result<float>(), ElementsAre(1, 1.375F, 1.75F));
  TestNode down(OpCode::kRange);
  down.Constant<I32>({}, {5}).Constant<I32>({}, {0}).Constant<I32>({}, {-2}).Output(ElementType::kInt32);
  ASSERT_TRUE(down.Run().ok());
  EXPECT_THAT(down.Result<I32>(), ElementsAre(5, 3, 1));
}

TEST(Range, RefusesStepsThatDoNotArrive) {
  constexpr I64 kMost = std::numeric_limits<I64>::max();
  for (const std::vector<I64>& range : {std::vector<I64>{0, 5, 0}, {0, 5, -1}, {-kMost, kMost, 1}}) {
    TestNode node(OpCode::kRange);
    node.Constant<I64>({}, {range[0]}).Constant<I64>({}, {range[1]}).Constant<I64>({}, {range[2]});
    EXPECT_FALSE(node.Output(ElementType::kInt64).Run().ok());
  }
  TestNode nan(OpCode::kRange);
  nan.Constant<float>({}, {0}).Constant<float>({}, {kNan}).Constant<float>({}, {1}).Output(ElementType::kFloat32);
  EXPECT_FALSE(nan.Run().ok());
}

TEST(OneHot, OnAnInnerAxis) {
  TestNode node(OpCode::kOneHot, OneHotAttributes{.axis = 0});
  node.Input<I64>({2}, {2, -1}).Constant<I32>({}, {3}).Input<I8>({}, {5}).Input<I8>({}, {1}).Output(ElementType::kInt8);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({3, 2}));
  EXPECT_THAT(node.Result<I8>(), ElementsAre(1, 1, 1, 1, 5, 1));
  TestNode last(OpCode::kOneHot, OneHotAttributes{.axis = -1});
  last.Input<I32>({1}, {1}).Constant<I32>({}, {2}).Input<float>({}, {1}).Input<float>({}, {0});
  ASSERT_TRUE(last.Output(ElementType::kFloat32).Run().ok());
  EXPECT_THAT(last.Result<float>(), ElementsAre(0, 1));
}

TEST(TopK, TiesGoToTheFirstAndNanComesLast) {
  TestNode node(OpCode::kTopkV2);
  node.Input<float>({2, 4}, {1, 3, kNan, 3, 4, 4, 4, 5}).Constant<I32>({}, {3});
  node.Output(ElementType::kFloat32).Output(ElementType::kInt32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(0), ElementsAre(3, 3, 1, 5, 4, 4));
  EXPECT_THAT(node.Result<I32>(1), ElementsAre(1, 3, 0, 3, 0, 1));
}

TEST(TopK, SmallCountsAndIndices) {
  TestNode node(OpCode::kTopkV2, {}, 3);
  node.Input<I8>({3}, {-1, 5, 2}).Constant<I16>({}, {2}).Output(ElementType::kInt8).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I16>(1), ElementsAre(1, 2));
  TestNode more(OpCode::kTopkV2);
  more.Input<I8>({3}, {-1, 5, 2}).Constant<I32>({}, {4}).Output(ElementType::kInt8).Output(ElementType::kInt32);
  EXPECT_THAT(more.Run().message(), HasSubstr("greatest 4 of 3"));
}

TEST(Unique, InTheOrderOfAppearance) {
  TestNode node(OpCode::kUnique, OutputTypeAttributes{.output_type = ElementType::kInt64});
  node.Constant<I32>({6}, {5, 2, 5, 9, 2, 1}).Output(ElementType::kInt32).Output(ElementType::kInt64);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I32>(0), ElementsAre(5, 2, 9, 1));
  EXPECT_THAT(node.Result<I64>(1), ElementsAre(0, 1, 0, 2, 1, 3));
  TestNode unknown(OpCode::kUnique);
  unknown.Input<I32>({1}, {5}).Output(ElementType::kInt32).Output(ElementType::kInt32);
  EXPECT_FALSE(unknown.Run().ok());
}

TEST(Where, CoordinatesOfWhatIsNotZero) {
  TestNode node(OpCode::kWhere);
  node.Constant<bool>({2, 3}, {false, true, false, true, false, true}).Output(ElementType::kInt64);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({3, 2}));
  EXPECT_THAT(node.Result<I64>(), ElementsAre(0, 1, 1, 0, 1, 2));
  TestNode none(OpCode::kWhere);
  ASSERT_TRUE(none.Constant<float>({2}, {0, -0.0F}).Output(ElementType::kInt64).Run().ok());
  EXPECT_EQ(none.ResultShape(), Shape({0, 1}));
}

TEST(SegmentSum, SumsNeighbours) {
  TestNode node(OpCode::kSegmentSum);
  node.Input<I32>({3, 2}, {1, 2, 3, 4, 5, 6}).Constant<I32>({3}, {0, 0, 1}).Output(ElementType::kInt32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({2, 2}));
  EXPECT_THAT(node.Result<I32>(), ElementsAre(4, 6, 5, 6));
  for (const std::vector<I32>& ids : {std::vector<I32>{1, 1, 1}, {0, 2, 2}, {0, 1, 0}, {0, -1, 0}}) {
    TestNode wrong(OpCode::kSegmentSum);
    wrong.Input<I32>({3}, {1, 2, 3}).Constant<I32>({3}, ids).Output(ElementType::kInt32);
    EXPECT_FALSE(wrong.Run().ok());
  }
}

TEST(UnsortedSegment, AllFolds) {
  const auto run = [](OpCode op) {
    TestNode node(op);
    node.Input<I32>({4}, {3, -2, 5, 7}).Input<I32>({4}, {1, 1, -1, 1}).Constant<I32>({}, {2});
    EXPECT_TRUE(node.Output(ElementType::kInt32).Run().ok());
    return node.Result<I32>();
  };
  EXPECT_THAT(run(OpCode::kUnsortedSegmentSum), ElementsAre(0, 8));
  EXPECT_THAT(run(OpCode::kUnsortedSegmentProd), ElementsAre(1, -42));
  EXPECT_THAT(run(OpCode::kUnsortedSegmentMin), ElementsAre(std::numeric_limits<I32>::max(), -2));
  EXPECT_THAT(run(OpCode::kUnsortedSegmentMax), ElementsAre(std::numeric_limits<I32>::min(), 7));
  TestNode outside(OpCode::kUnsortedSegmentSum);
  outside.Input<I32>({1}, {3}).Input<I32>({1}, {2}).Constant<I32>({}, {2}).Output(ElementType::kInt32);
  EXPECT_EQ(outside.Run().code(), StatusCode::kOutOfRange);
}

TEST(EmbeddingLookup, RowsAsTheyAre) {
  TestNode node(OpCode::kEmbeddingLookup);
  node.Input<I32>({2}, {2, 0}).Input<I16>({3, 2}, kSix).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I16>(), ElementsAre(5, 6, 1, 2));
  TestNode outside(OpCode::kEmbeddingLookup);
  outside.Input<I32>({1}, {3}).Input<I16>({3, 2}, kSix).Output(ElementType::kInt16);
  EXPECT_EQ(outside.Run().code(), StatusCode::kOutOfRange);
}

// Each two neighbours have a scale.
TEST(EmbeddingLookup, BlocksOfARow) {
  TestNode node(OpCode::kEmbeddingLookup, {}, 5);
  Quantization blocks;
  blocks.block_size = 2;
  blocks.block_scales = {0x3C00, 0x4000, 0x3800, 0x4400};  // 1, 2, 0.5, 4
  node.Input<I32>({2}, {1, 0})
      .AddInput(ElementType::kInt4, {2, 4}, {std::byte{0x21}, std::byte{0x43}, std::byte{0xF7}, std::byte{0x80}},
                blocks, true)
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(3.5F, -0.5F, 0, -32, 1, 2, 6, 8));
  TestNode short_of_scales(OpCode::kEmbeddingLookup, {}, 5);
  blocks.block_scales.pop_back();
  short_of_scales.Input<I32>({1}, {0})
      .AddInput(ElementType::kInt4, {2, 4}, std::vector<std::byte>(4), blocks, true)
      .Output(ElementType::kFloat32);
  EXPECT_THAT(short_of_scales.Run().message(), HasSubstr("have 3 scales of blocks of 2"));
}

TEST(EmbeddingLookup, HybridOfEightFourAndTwoBits) {
  TestNode eight(OpCode::kEmbeddingLookup, {}, 3);
  eight.Input<I32>({1}, {1}).Input<I8>({2, 2}, {1, 2, 3, -4}, QuantizedChannels({1, 0.5F}, 0));
  ASSERT_TRUE(eight.Output(ElementType::kFloat32).Run().ok());
  EXPECT_THAT(eight.Result<float>(), ElementsAre(1.5F, -2));
  // Rows of three elements: the second one begins in the middle of a byte.
  TestNode four(OpCode::kEmbeddingLookup, {}, 4);
  four.Input<I32>({1}, {1})
      .AddInput(ElementType::kInt4, {2, 3}, {std::byte{0x21}, std::byte{0xF3}, std::byte{0x87}}, Quantized(2, 0), true)
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(four.Run().ok());
  EXPECT_THAT(four.Result<float>(), ElementsAre(-2, 14, -16));
  TestNode two(OpCode::kEmbeddingLookup, {}, 5);
  two.Input<I32>({1}, {0})
      .AddInput(ElementType::kInt2, {1, 4}, {std::byte{0b11100100}}, Quantized(1, 0), true)
      .Output(ElementType::kFloat16);
  ASSERT_TRUE(two.Run().ok());
  EXPECT_THAT(two.Result<std::uint16_t>(), ElementsAre(0, 0x3C00, 0xC000, 0xBC00));
}

TestNode Sparse(EmbeddingCombiner combiner) {
  TestNode node(OpCode::kEmbeddingLookupSparse, EmbeddingLookupSparseAttributes{.combiner = combiner});
  node.Input<I32>({3}, {1, 0, 1})
      .Input<I32>({3, 2}, {0, 0, 0, 1, 2, 0})
      .Constant<I32>({2}, {3, 2})
      .Input<float>({3}, {1, 3, 2})
      .Input<float>({2, 2}, {1, 2, 3, 4})
      .Output(ElementType::kFloat32);
  return node;
}

TEST(EmbeddingLookupSparse, SumsAndMeans) {
  TestNode sum = Sparse(EmbeddingCombiner::kSum);
  ASSERT_TRUE(sum.Run().ok());
  EXPECT_EQ(sum.ResultShape(), Shape({3, 2}));
  EXPECT_THAT(sum.Result<float>(), ElementsAre(6, 10, 0, 0, 6, 8));
  TestNode mean = Sparse(EmbeddingCombiner::kMean);
  ASSERT_TRUE(mean.Run().ok());
  EXPECT_THAT(mean.Result<float>(), ElementsAre(1.5F, 2.5F, 0, 0, 3, 4));
  TestNode root = Sparse(EmbeddingCombiner::kSqrtN);
  ASSERT_TRUE(root.Run().ok());
  EXPECT_FLOAT_EQ(root.Result<float>()[0], 6 / std::sqrt(10.0F));
}

TEST(HashtableLookup, HitsAndMisses) {
  TestNode node(OpCode::kHashtableLookup);
  node.Input<I32>({3}, {30, 5, 10}).Input<I32>({3}, {10, 20, 30}).Input<I16>({3, 2}, kSix);
  ASSERT_TRUE(node.Output(ElementType::kInt16).Output(ElementType::kUInt8).Run().ok());
  EXPECT_THAT(node.Result<I16>(0), ElementsAre(5, 6, 0, 0, 1, 2));
  EXPECT_THAT(node.Result<U8>(1), ElementsAre(1, 0, 1));
}

TEST(SparseToDense, MatricesAndVectors) {
  TestNode matrix(OpCode::kSparseToDense);
  matrix.Input<I64>({2, 2}, {0, 1, 1, 0}).Constant<I64>({2}, {2, 2}).Input<I8>({2}, {7, 8}).Input<I8>({}, {-1});
  ASSERT_TRUE(matrix.Output(ElementType::kInt8).Run().ok());
  EXPECT_THAT(matrix.Result<I8>(), ElementsAre(-1, 7, 8, -1));
  TestNode vector(OpCode::kSparseToDense);
  vector.Input<I32>({2}, {0, 2}).Constant<I32>({1}, {3}).Input<float>({}, {7}).Input<float>({}, {0});
  ASSERT_TRUE(vector.Output(ElementType::kFloat32).Run().ok());
  EXPECT_THAT(vector.Result<float>(), ElementsAre(7, 0, 7));
  TestNode outside(OpCode::kSparseToDense);
  outside.Input<I32>({}, {3}).Constant<I32>({1}, {3}).Input<float>({}, {7}).Input<float>({}, {0});
  EXPECT_EQ(outside.Output(ElementType::kFloat32).Run().code(), StatusCode::kOutOfRange);
}

TEST(Bucketize, CountsBoundariesNotAbove) {
  TestNode node(OpCode::kBucketize, BucketizeAttributes{.boundaries = {0, 10, 100}});
  node.Input<I64>({4}, {-5, 0, 10, 1000}).Output(ElementType::kInt32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I32>(), ElementsAre(0, 1, 2, 3));
  TestNode wrong(OpCode::kBucketize, BucketizeAttributes{.boundaries = {1, 0}});
  EXPECT_FALSE(wrong.Input<I32>({1}, {0}).Output(ElementType::kInt32).Run().ok());
}

TEST(Rank, CountsAxes) {
  TestNode node(OpCode::kRank);
  ASSERT_TRUE(node.Input<I16>({2, 3}, kSix).Output(ElementType::kInt32).Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({}));
  EXPECT_THAT(node.Result<I32>(), ElementsAre(2));
}

// Two boxes that overlap by 2/3, one apart, one below the score.
TestNode Suppression(OpCode op, I32 most, float overlap) {
  TestNode node(op);
  node.Input<float>({4, 4}, {0, 0, 1, 5, 1, 6, 0, 1, 2, 2, 3, 3, 8, 8, 9, 9})
      .Input<float>({4}, {0.8F, 0.9F, 0.5F, 0.1F})
      .Constant<I32>({}, {most})
      .Input<float>({}, {overlap})
      .Input<float>({}, {0.2F});
  return node;
}

TEST(NonMaxSuppression, Hard) {
  TestNode node = Suppression(OpCode::kNonMaxSuppressionV4, 4, 0.5F);
  ASSERT_TRUE(node.Output(ElementType::kInt32).Output(ElementType::kInt32).Run().ok());
  EXPECT_THAT(node.Result<I32>(0), ElementsAre(1, 2, 0, 0));
  EXPECT_THAT(node.Result<I32>(1), ElementsAre(2));
  TestNode loose = Suppression(OpCode::kNonMaxSuppressionV4, 2, 0.7F);
  ASSERT_TRUE(loose.Output(ElementType::kInt32).Output(ElementType::kInt32).Run().ok());
  EXPECT_THAT(loose.Result<I32>(0), ElementsAre(1, 0));
}

TEST(NonMaxSuppression, Soft) {
  TestNode node = Suppression(OpCode::kNonMaxSuppressionV5, 4, 1);
  node.Input<float>({}, {0.5F}).Output(ElementType::kInt32).Output(ElementType::kFloat32).Output(ElementType::kInt32);
  ASSERT_TRUE(node.Run().ok());
  // The overlap of 2/3 lowers 0.8 to 0.8 exp(-4/9), which is still above 0.5.
  EXPECT_THAT(node.Result<I32>(0), ElementsAre(1, 0, 2, 0));
  EXPECT_FLOAT_EQ(node.Result<float>(1)[1], 0.8F * std::exp(-4.0F / 9.0F));
  EXPECT_THAT(node.Result<I32>(2), ElementsAre(3));
}

TEST(FakeQuant, RoundsToTheGrid) {
  TestNode node(OpCode::kFakeQuant, FakeQuantAttributes{.min = -1, .max = 0.5F, .num_bits = 2});
  node.Input<float>({4}, {-3, -0.3F, 0.2F, 0.4F}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(-1, -0.5F, 0, 0.5F));
  TestNode empty(OpCode::kFakeQuant, FakeQuantAttributes{.min = 1, .max = 1});
  EXPECT_FALSE(empty.Input<float>({1}, {0}).Output(ElementType::kFloat32).Run().ok());
}

std::uint64_t Fingerprint(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>((i * 37 + 11) % 256);
  return reference::FarmFingerprint64(bytes);
}

TEST(FarmFingerprint, OfAllLengths) {
  // Made with TensorFlow's tf.fingerprint over the same bytes.
  EXPECT_EQ(Fingerprint(0), 11160318154034397263U);
  EXPECT_EQ(Fingerprint(1), 4787810249829893994U);
  EXPECT_EQ(Fingerprint(3), 3979540680440595841U);
  EXPECT_EQ(Fingerprint(4), 14708324829907283305U);
  EXPECT_EQ(Fingerprint(7), 10810953559526984053U);
  EXPECT_EQ(Fingerprint(8), 9029840561075318013U);
  EXPECT_EQ(Fingerprint(16), 15579719139305551062U);
  EXPECT_EQ(Fingerprint(17), 6692022265393568454U);
  EXPECT_EQ(Fingerprint(32), 11543571239247179175U);
  EXPECT_EQ(Fingerprint(33), 9480451918888261270U);
  EXPECT_EQ(Fingerprint(64), 4226431515964725U);
  EXPECT_EQ(Fingerprint(65), 18101669290602532278U);
  EXPECT_EQ(Fingerprint(128), 3742283891066476345U);
  EXPECT_EQ(Fingerprint(129), 14054188206783653085U);
  EXPECT_EQ(Fingerprint(200), 5850749971184008558U);
  EXPECT_EQ(Fingerprint(255), 10269836278848910599U);
}

TEST(LshProjection, SparseCollectsTheBitsOfDense) {
  const auto run = [](bool is_dense) {
    TestNode node(OpCode::kLshProjection, LshProjectionAttributes{.is_dense = is_dense});
    node.Input<float>({3, 2}, {0.123F, 0.456F, -0.321F, 1.234F, 5.678F, -4.321F})
        .Input<I32>({5}, {12345, 54321, 67890, 9876, -12345678})
        .Input<float>({5}, {1, 1, 1, 1, 0.5F});
    EXPECT_TRUE(node.Output(ElementType::kInt32).Run().ok());
    return node.Result<I32>();
  };
  const auto bits = run(true), numbers = run(false);
  ASSERT_EQ(bits.size(), 6U);
  ASSERT_EQ(numbers.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(numbers[i], bits[2 * i] * 2 + bits[2 * i + 1] + static_cast<I32>(i) * 4);
  }
}

}  // namespace
}  // namespace tfld::engine
