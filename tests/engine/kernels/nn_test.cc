// Transposed and three-dimensional convolutions, products of matrices, packed weights, DENSIFY.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;
using I8 = std::int8_t;
using U8 = std::uint8_t;
using I16 = std::int16_t;
using I32 = std::int32_t;
using I64 = std::int64_t;

TransposeConvAttributes Spread(Padding padding, int stride) {
  return {.padding = padding, .stride_h = stride, .stride_w = stride};
}

TEST(TransposeConv, EachPixelSpreadsOverTheWindow) {
  TestNode node(OpCode::kTransposeConv, Spread(Padding::kValid, 1));
  node.Constant<I32>({4}, {1, 2, 3, 1})
      .Constant<float>({1, 2, 2, 1}, {1, 2, 3, 4})
      .Input<float>({1, 1, 2, 1}, {1, 10})
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({1, 2, 3, 1}));
  EXPECT_THAT(node.Result<float>(), ElementsAre(1, 12, 20, 3, 34, 40));
}

TEST(TransposeConv, SamePaddingCutsTheBorder) {
  TestNode node(OpCode::kTransposeConv, Spread(Padding::kSame, 2), /*version=*/3);
  node.Constant<I32>({4}, {1, 4, 1, 1})
      .Constant<float>({1, 3, 1, 1}, {1, 2, 3})
      .Input<float>({1, 2, 1, 1}, {1, 10})
      .Constant<float>({1}, {0.5F})
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());  // three rows for each pixel, of which the last one lies outside
  EXPECT_THAT(node.Result<float>(), ElementsAre(1.5F, 2.5F, 13.5F, 20.5F));
}

TEST(TransposeConv, FusedActivation) {
  TransposeConvAttributes attributes = Spread(Padding::kValid, 1);
  attributes.activation = Activation::kRelu6;
  TestNode node(OpCode::kTransposeConv, attributes, /*version=*/4);
  node.Constant<I32>({4}, {1, 1, 1, 2})
      .Constant<float>({2, 1, 1, 1}, {-1, 5})
      .Input<float>({1, 1, 1, 1}, {2})
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(0, 6));
}

TEST(TransposeConv, Int8PerChannel) {
  TestNode node(OpCode::kTransposeConv, Spread(Padding::kValid, 1), /*version=*/3);
  node.Constant<I32>({4}, {1, 1, 1, 2})
      .Constant<I8>({2, 1, 1, 2}, {1, 2, 3, 4}, QuantizedChannels({1, 0.5F}, 0))
      .Input<I8>({1, 1, 1, 2}, {10, 20}, Quantized(0.5F, 0))
      .Constant<I32>({2}, {0, 4})
      .Output(ElementType::kInt8, Quantized(1, -1));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(24, 28));
}

template <typename Bias>
std::vector<I16> TransposeConv16(Bias bias) {
  TestNode node(OpCode::kTransposeConv, Spread(Padding::kValid, 1), /*version=*/4);
  node.Constant<I32>({4}, {1, 1, 1, 1})
      .Constant<I8>({1, 1, 1, 1}, {100}, Quantized(1, 0))
      .Input<I16>({1, 1, 1, 1}, {300}, Quantized(0.5F, 0))
      .Constant<Bias>({1}, {bias})
      .Output(ElementType::kInt16, Quantized(8, 0));
  EXPECT_TRUE(node.Run().ok());
  return node.Result<I16>();
}

TEST(TransposeConv, Int16TakesBothTypesOfBias) {
  EXPECT_THAT(TransposeConv16<I64>(1600), ElementsAre(1975));  // (30000 + 1600) / 16
  EXPECT_THAT(TransposeConv16<I32>(1600), ElementsAre(1975));
}

TEST(TransposeConv, HybridScalesBack) {
  TestNode node(OpCode::kTransposeConv, Spread(Padding::kValid, 1), /*version=*/3);
  node.Constant<I32>({4}, {1, 1, 1, 1})
      .Constant<I8>({1, 1, 1, 2}, {100, 50}, Quantized(0.01F, 0))
      .Input<float>({1, 1, 1, 2}, {1, -0.5F})
      .NoInput()
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(FloatNear(0.75F, 0.01F)));
}

TEST(TransposeConv, RefusesWhatDoesNotFit) {
  const auto run = [](const std::vector<I32>& shape) {
    TestNode node(OpCode::kTransposeConv, Spread(Padding::kValid, 1));
    node.Constant<I32>({static_cast<I32>(shape.size())}, shape)
        .Constant<float>({1, 2, 2, 1}, {1, 2, 3, 4})
        .Input<float>({1, 1, 2, 1}, {1, 10})
        .Output(ElementType::kFloat32);
    return std::string(node.Run().message());
  };
  EXPECT_THAT(run({1, 2, 4, 1}), HasSubstr("an output of 4 belongs to an input of 3, not of 2"));
  EXPECT_THAT(run({1, 2, 3, 2}), HasSubstr("do not fit together"));
  EXPECT_THAT(run({2, 2, 3, 1}), HasSubstr("do not fit together"));
  EXPECT_THAT(run({1, -2, 3, 1}), HasSubstr("do not fit together"));
  EXPECT_THAT(run({1, 2, 3}), HasSubstr("do not fit together"));
}

TEST(BatchMatmul, BroadcastsBatches) {
  TestNode node(OpCode::kBatchMatmul);
  node.Input<float>({2, 1, 1, 2}, {1, 2, 3, 4})
      .Input<float>({2, 2, 1}, {1, 10, 100, 1000})
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({2, 2, 1, 1}));
  EXPECT_THAT(node.Result<float>(), ElementsAre(21, 2100, 43, 4300));
}

TEST(BatchMatmul, TakesTransposedOperands) {
  const std::vector<float> x = {1, 2, 3, 4, 5, 6}, y = {1, 0, 2, -1, 1, 1};
  const std::vector<float> product = {1 * 1 + 2 * 2 + 3 * 1, -2 + 3, 4 + 10 + 6, -5 + 6};
  const std::vector<float> x_t = {1, 4, 2, 5, 3, 6}, y_t = {1, 2, 1, 0, -1, 1};
  for (const bool adj_x : {false, true}) {
    for (const bool adj_y : {false, true}) {
      TestNode node(OpCode::kBatchMatmul, BatchMatmulAttributes{.adj_x = adj_x, .adj_y = adj_y});
      node.Input<float>(adj_x ? Shape{3, 2} : Shape{2, 3}, adj_x ? x_t : x)
          .Input<float>(adj_y ? Shape{2, 3} : Shape{3, 2}, adj_y ? y_t : y)
          .Output(ElementType::kFloat32);
      ASSERT_TRUE(node.Run().ok());
      EXPECT_EQ(node.Result<float>(), product) << adj_x << adj_y;
    }
  }
}

TEST(BatchMatmul, Int8HeedsBothZeroPoints) {
  TestNode node(OpCode::kBatchMatmul, BatchMatmulAttributes{}, /*version=*/2);
  node.Input<I8>({1, 2}, {5, 9}, Quantized(0.5F, 1))
      .Input<I8>({2, 1}, {12, 8}, Quantized(0.5F, 2))
      .Output(ElementType::kInt8, Quantized(1, 3));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(25));  // (4 * 10 + 8 * 6) / 4 + 3
}

TEST(BatchMatmul, Int8ToInt32IsThePlainProduct) {
  TestNode node(OpCode::kBatchMatmul, BatchMatmulAttributes{}, /*version=*/2);
  node.Input<I8>({1, 2}, {5, -9}, Quantized(0.5F, 1))
      .Input<I8>({2, 1}, {12, 8}, Quantized(0.5F, 2))
      .Output(ElementType::kInt32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I32>(), ElementsAre(60 - 72));
}

TEST(BatchMatmul, Int16WithBothTypesOfWeights) {
  TestNode both(OpCode::kBatchMatmul, BatchMatmulAttributes{}, /*version=*/3);
  both.Input<I16>({1, 2}, {30000, 30000}, Quantized(1, 0))
      .Input<I16>({2, 1}, {32000, 32000}, Quantized(1, 0))
      .Output(ElementType::kInt16, Quantized(1920000, 0));
  ASSERT_TRUE(both.Run().ok());
  EXPECT_THAT(both.Result<I16>(), ElementsAre(1000));
  TestNode mixed(OpCode::kBatchMatmul, BatchMatmulAttributes{}, /*version=*/4);
  mixed.Input<I16>({1, 2}, {3000, 3000}, Quantized(1, 0))
      .Input<I8>({2, 1}, {100, 20}, Quantized(1, 0))
      .Output(ElementType::kInt16, Quantized(36, 0));
  ASSERT_TRUE(mixed.Run().ok());
  EXPECT_THAT(mixed.Result<I16>(), ElementsAre(10000));
}

TEST(BatchMatmul, HybridQuantizesEachRowByItself) {
  TestNode node(OpCode::kBatchMatmul, BatchMatmulAttributes{.adj_x = true}, /*version=*/1);
  node.Input<float>({1, 1, 2}, {1000, 0.001F})
      .Constant<I8>({1, 2}, {100, 50}, QuantizedChannels({0.01F, 0.1F}, 1))
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.kernel_name(), "reference.batch_matmul_hybrid");
  EXPECT_THAT(node.Result<float>(), Pointwise(::testing::FloatEq(), {1000.0F, 5000.0F, 0.001F, 0.005F}));
}

TEST(BatchMatmul, HybridAsymmetric) {
  TestNode node(OpCode::kBatchMatmul, BatchMatmulAttributes{.asymmetric_quantize_inputs = true}, /*version=*/4);
  node.Input<float>({1, 2}, {0, 2.55F}).Constant<I8>({2, 1}, {1, 3}, Quantized(1, 0)).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(FloatNear(7.65F, 1e-5F)));
}

TEST(BatchMatmul, RefusesWhatDoesNotFit) {
  TestNode depth(OpCode::kBatchMatmul);
  depth.Input<float>({1, 2}, {1, 2}).Input<float>({3, 1}, {1, 2, 3}).Output(ElementType::kFloat32);
  EXPECT_THAT(depth.Run().message(), HasSubstr("[1, 2] and [3, 1] cannot be multiplied"));
  TestNode batch(OpCode::kBatchMatmul);
  batch.Input<float>({2, 1, 1}, {1, 2}).Input<float>({3, 1, 1}, {1, 2, 3}).Output(ElementType::kFloat32);
  EXPECT_THAT(batch.Run().message(), HasSubstr("cannot be broadcast"));
}

// Weights 1, -2, 3, -8 in 4 bits, and 1, -2, 0, -1 in 2 bits.
constexpr std::byte kFourBits[] = {std::byte{0xE1}, std::byte{0x83}};
constexpr std::byte kTwoBits[] = {std::byte{0b11'00'10'01}};

TEST(PackedWeights, FullyConnected) {
  for (const bool constant : {true, false}) {
    TestNode four(OpCode::kFullyConnected, FullyConnectedAttributes{}, /*version=*/10);
    four.Input<I8>({1, 2}, {10, 20}, Quantized(1, 0))
        .AddInput(ElementType::kInt4, {2, 2}, {std::begin(kFourBits), std::end(kFourBits)},
                  QuantizedChannels({1, 0.5F}, 0), constant)
        .Output(ElementType::kInt8, Quantized(1, 0));
    ASSERT_TRUE(four.Run().ok());
    EXPECT_THAT(four.Result<I8>(), ElementsAre(-30, -65));
    TestNode two(OpCode::kFullyConnected, FullyConnectedAttributes{}, /*version=*/14);
    two.Input<I16>({1, 2}, {100, 200}, Quantized(1, 0))
        .AddInput(ElementType::kInt2, {2, 2}, {std::begin(kTwoBits), std::end(kTwoBits)}, Quantized(1, 0), constant)
        .Output(ElementType::kInt16, Quantized(1, 0));
    ASSERT_TRUE(two.Run().ok());
    EXPECT_THAT(two.Result<I16>(), ElementsAre(-300, -200));
  }
}

TEST(PackedWeights, HybridFullyConnected) {
  TestNode node(OpCode::kFullyConnected, FullyConnectedAttributes{}, /*version=*/10);
  node.Input<float>({1, 2}, {1.27F, -0.5F})
      .AddInput(ElementType::kInt4, {2, 2}, {std::begin(kFourBits), std::end(kFourBits)}, Quantized(1, 0), true)
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(FloatNear(2.27F, 1e-5F), FloatNear(7.81F, 1e-5F)));
}

TEST(PackedWeights, Convolutions) {
  TestNode conv(OpCode::kConv2d, Conv2dAttributes{}, /*version=*/7);
  conv.Input<I8>({1, 1, 1, 2}, {10, 20}, Quantized(1, 0))
      .AddInput(ElementType::kInt4, {2, 1, 1, 2}, {std::begin(kFourBits), std::end(kFourBits)}, Quantized(1, 0), true)
      .Output(ElementType::kInt8, Quantized(1, 0));
  ASSERT_TRUE(conv.Run().ok());
  EXPECT_THAT(conv.Result<I8>(), ElementsAre(-30, -128));
  TestNode depthwise(OpCode::kDepthwiseConv2d, DepthwiseConv2dAttributes{}, /*version=*/7);
  depthwise.Input<I8>({1, 1, 1, 4}, {10, 10, 10, 10}, Quantized(1, 0))
      .AddInput(ElementType::kInt4, {1, 1, 1, 4}, {std::begin(kFourBits), std::end(kFourBits)}, Quantized(1, 0), true)
      .Output(ElementType::kInt8, Quantized(1, 0));
  ASSERT_TRUE(depthwise.Run().ok());
  EXPECT_THAT(depthwise.Result<I8>(), ElementsAre(10, -20, 30, -80));
}

TEST(FullyConnected, Int16WeightsAreSummedIn64Bits) {
  TestNode node(OpCode::kFullyConnected, FullyConnectedAttributes{}, /*version=*/11);
  node.Input<I16>({1, 4}, {32767, 32767, 32767, 32767}, Quantized(1, 0))
      .Constant<I16>({1, 4}, {32767, 32767, 32767, 32767}, Quantized(1, 0))
      .Constant<I32>({1}, {1000})
      .Output(ElementType::kInt16, Quantized(4294705, 0));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I16>(), ElementsAre(::testing::AllOf(::testing::Ge(999), ::testing::Le(1001))));
}

TEST(FullyConnected, WithoutDepthTheSumIsZero) {
  TestNode node(OpCode::kFullyConnected, FullyConnectedAttributes{});
  node.Input<float>({2, 0}, {}).Input<float>({3, 0}, {}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({2, 3}));
  EXPECT_THAT(node.Result<float>(), ::testing::Each(0.0F));
  TestNode other(OpCode::kFullyConnected, FullyConnectedAttributes{});
  other.Input<float>({2, 1}, {1, 2}).Input<float>({3, 0}, {}).Output(ElementType::kFloat32);
  EXPECT_THAT(other.Run().message(), HasSubstr("do not fit"));
}

TEST(FullyConnected, ShuffledWeights) {
  std::vector<U8> tile(4 * 16, 0);  // four rows of 16 columns; as int8, so that 0 is the zero point
  tile[0 * 16 + 0] = 2;
  tile[1 * 16 + 15] = static_cast<U8>(-3);
  tile[3 * 16 + 1] = 1;
  std::vector<U8> input(16, 128);
  input[0] = 138;
  input[1] = 28;
  input[15] = 129;
  TestNode node(OpCode::kFullyConnected, FullyConnectedAttributes{.shuffled_weights = true}, /*version=*/2);
  node.Input<U8>({1, 16}, input, Quantized(1, 128))
      .Constant<U8>({4, 16}, tile, Quantized(1, 128))
      .Constant<I32>({4}, {0, 0, 7, 0})
      .Output(ElementType::kInt16, Quantized(1, 0))
      .Output(ElementType::kUInt8, Quantized(1, 128));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I16>(), ElementsAre(20, -3, 7, -100));
  EXPECT_EQ(node.Result<U8>(1)[1], 28 ^ 0x80);
}

TEST(Conv3d, SumsOverDepthToo) {
  TestNode node(OpCode::kConv3d, Conv3dAttributes{.padding = Padding::kValid});
  node.Input<float>({1, 2, 1, 2, 1}, {1, 2, 3, 4})
      .Constant<float>({2, 1, 1, 1, 2}, {1, -1, 10, 0})
      .Constant<float>({2}, {0.5F, 0})
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({1, 1, 1, 2, 2}));
  EXPECT_THAT(node.Result<float>(), ElementsAre(31.5F, -1, 42.5F, -2));
}

TEST(Conv3d, SamePaddingStrideAndDilation) {
  TestNode node(OpCode::kConv3d, Conv3dAttributes{.stride_d = 2, .dilation_d = 2});
  node.Input<float>({1, 4, 1, 1, 1}, {1, 10, 100, 1000})
      .Constant<float>({2, 1, 1, 1, 1}, {1, 2})
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(201, 100));  // the window reaches one place too far
}

TEST(Conv3dTranspose, SpreadsOverDepth) {
  TestNode node(OpCode::kConv3dTranspose, Conv3dAttributes{.padding = Padding::kValid, .stride_d = 2});
  node.Constant<I32>({5}, {1, 4, 1, 1, 2})
      .Constant<float>({2, 1, 1, 2, 1}, {1, 2, 3, 4})
      .Input<float>({1, 2, 1, 1, 1}, {1, 10})
      .Constant<float>({2}, {0, 0.5F})
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(1, 2.5F, 3, 4.5F, 10, 20.5F, 30, 40.5F));
}

TEST(Conv3dTranspose, RefusesWhatDoesNotFit) {
  const auto run = [](const std::vector<I32>& shape) {
    TestNode node(OpCode::kConv3dTranspose, Conv3dAttributes{.padding = Padding::kValid});
    node.Constant<I32>({5}, shape)
        .Constant<float>({2, 1, 1, 1, 1}, {1, 2})
        .Input<float>({1, 1, 1, 1, 1}, {1})
        .Output(ElementType::kFloat32);
    return std::string(node.Run().message());
  };
  EXPECT_THAT(run({1, 3, 1, 1, 1}), HasSubstr("belongs to an input of [2, 1, 1]"));
  EXPECT_THAT(run({1, 2, 1, 1, 2}), HasSubstr("do not fit together"));
  EXPECT_THAT(run({1, -2, 1, 1, 1}), HasSubstr("the output shape"));
}

TEST(Densify, WritesWhatIsStored) {
  TestNode node(OpCode::kDensify);
  node.Constant<float>({2, 4}, std::vector<float>(8, 7)).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());  // dense already
  EXPECT_EQ(node.Result<float>(), std::vector<float>(8, 7));

  auto sparsity = std::make_shared<Sparsity>();  // row 1 has the block of columns 2 and 3
  sparsity->levels = {{.size = 2, .step = 4},
                      {.size = 2, .step = 2, .is_sparse = true, .segments = {0, 0, 1}, .indices = {1}},
                      {.size = 2, .step = 1}};
  sparsity->stored = 2;
  node.graph().values[0].sparsity = sparsity;
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(0, 0, 0, 0, 0, 0, 7, 7));
}

// Inputs of the full range -128 to 127 stand for themselves, so that only the blocks' scales count.
TEST(FullyConnected, WeightsWithAScaleABlock) {
  Quantization blocks;
  blocks.block_size = 2;
  blocks.block_scales = {0x3C00, 0x4000};  // 1, 2
  TestNode node(OpCode::kFullyConnected, FullyConnectedAttributes{.activation = Activation::kRelu}, 13);
  node.Input<float>({2, 4}, {127, -128, 3, 5, -128, 127, 0, 0})
      .AddInput(ElementType::kInt4, {1, 4}, {std::byte{0x21}, std::byte{0xF3}}, blocks, true)
      .Constant<float>({1}, {200})
      .Output(ElementType::kFloat32);
  const Status status = node.Run();
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_THAT(node.Result<float>(),
              Pointwise(FloatNear(1e-3F), {127 - 256 + 2 * (9 - 5) + 200.0F, -128 + 254 + 200.0F}));
}

TEST(FullyConnected, OnlyHybridOnesHaveTanh) {
  TestNode node(OpCode::kFullyConnected, FullyConnectedAttributes{.activation = Activation::kTanh});
  node.Input<float>({1, 1}, {1}).Constant<std::int8_t>({1, 1}, {1}, Quantized(0.5F, 0)).NoInput();
  ASSERT_TRUE(node.Output(ElementType::kFloat32).Run().ok());
  EXPECT_THAT(node.Result<float>(), Pointwise(FloatNear(1e-6F), {std::tanh(0.5F)}));
  TestNode real(OpCode::kFullyConnected, FullyConnectedAttributes{.activation = Activation::kTanh});
  real.Input<float>({1, 1}, {1}).Constant<float>({1, 1}, {1}).NoInput().Output(ElementType::kFloat32);
  EXPECT_EQ(real.Run().code(), StatusCode::kUnimplemented);
}

TEST(Softmax, HalfPrecision) {
  TestNode node(OpCode::kSoftmax, SoftmaxAttributes{.beta = 1});
  node.AddInput(ElementType::kFloat16, {1, 2}, std::vector<std::byte>(4), {}, false).Output(ElementType::kFloat16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<std::uint16_t>(), ElementsAre(0x3800, 0x3800));
}

// A window wider than its input, whatever the stride.
TEST(AveragePool2d, WindowThatDoesNotFitGivesNothing) {
  TestNode node(OpCode::kAveragePool2d, Pool2dAttributes{.padding = Padding::kValid, .filter_h = 1, .filter_w = 3});
  ASSERT_TRUE(node.Input<float>({2, 1, 1, 1}, {1, 2}).Output(ElementType::kFloat32).Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({2, 1, 0, 1}));
}

TEST(ResizeNearestNeighbor, MayLeaveNothing) {
  TestNode node(OpCode::kResizeNearestNeighbor, ResizeAttributes{});
  node.Input<float>({1, 1, 1, 1}, {1}).Constant<std::int32_t>({2}, {0, 2}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({1, 0, 2, 1}));
}

}  // namespace
}  // namespace tfld::engine
