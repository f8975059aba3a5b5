// StableHLO's operators, complex numbers and random numbers, by their definitions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include "engine/graph/stablehlo_attributes.h"
#include "engine/kernels/reference/complex.h"
#include "engine/kernels/reference/random_bits.h"
#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using I32 = std::int32_t;
using I64 = std::int64_t;

// A program whose graph 1 has one node, or none.
class OneNodeGraph final : public GraphCaller {
 public:
  explicit OneNodeGraph(std::vector<OpCode> ops) {
    for (const OpCode op : ops) graph_.nodes.emplace_back().op = op;
  }
  const Graph* Find(int graph) const override { return graph == 1 ? &graph_ : nullptr; }
  Result<std::vector<Argument>> Infer(int, std::span<const Argument>) override { return Internal("not called"); }
  Result<int> Plan(int, std::span<const Argument>) override { return Internal("not called"); }

 private:
  Graph graph_;
};

template <typename T>
std::vector<T> Binary(OpCode op, const std::vector<T>& a, const std::vector<T>& b) {
  TestNode node(op);
  const auto size = static_cast<I32>(a.size());
  node.Input<T>({size}, a);
  node.Input<T>({size}, b);
  node.Output(kElementTypeOf<T>);
  const Status status = node.Run();
  EXPECT_TRUE(status.ok()) << status.message();
  return node.Result<T>();
}

TEST(StablehloElementwise, EveryKindOfType) {
  EXPECT_THAT(Binary<float>(OpCode::kStablehloAdd, {1, -2.5F}, {2, 1}), ElementsAre(3, -1.5F));
  EXPECT_THAT(Binary<std::int8_t>(OpCode::kStablehloAdd, {127, -128}, {1, -1}), ElementsAre(-128, 127));
  EXPECT_THAT(Binary<I64>(OpCode::kStablehloMultiply, {1LL << 62, -3}, {4, 5}), ElementsAre(0, -15));
  EXPECT_THAT(Binary<double>(OpCode::kStablehloMaximum, {1, -2}, {2, -3}), ElementsAre(2, -2));
  EXPECT_THAT(Binary<std::uint16_t>(OpCode::kStablehloMinimum, {1, 65535}, {2, 3}), ElementsAre(1, 3));
  EXPECT_THAT(Binary<I32>(OpCode::kStablehloAnd, {12, -1}, {10, 7}), ElementsAre(8, 7));
  EXPECT_THAT(Binary<bool>(OpCode::kStablehloAnd, {true, true}, {false, true}), ElementsAre(false, true));
  EXPECT_THAT(Binary<bool>(OpCode::kStablehloAdd, {true, false}, {true, false}), ElementsAre(true, false));
  EXPECT_THAT(Binary<bool>(OpCode::kStablehloMultiply, {true, true}, {true, false}), ElementsAre(true, false));
  EXPECT_THAT(Binary<bool>(OpCode::kStablehloMaximum, {true, false}, {false, false}), ElementsAre(true, false));
  EXPECT_THAT(Binary<std::int8_t>(OpCode::kStablehloShiftLeft, {1, -1, 3, 5, 5}, {7, 1, 0, 8, -1}),
              ElementsAre(-128, -2, 3, 0, 0));
}

TEST(StablehloElementwise, SixteenBitFloatsAreRounded) {
  // 2048 + 1 lies between two halves; the even one is 2048.
  EXPECT_THAT(Binary<std::uint16_t>(OpCode::kStablehloAdd, {0}, {0}), ElementsAre(0));
  TestNode node(OpCode::kStablehloAdd);
  const auto half = [](std::uint16_t bits) {
    return std::vector<std::byte>{std::byte(bits & 0xFF), std::byte(bits >> 8)};
  };
  node.AddInput(ElementType::kFloat16, {1}, half(0x6800), {}, false)
      .AddInput(ElementType::kFloat16, {1}, half(0x3C00), {}, false)
      .Output(ElementType::kFloat16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<std::uint16_t>(), ElementsAre(0x6800));
}

TEST(StablehloElementwise, DoesNotBroadcast) {
  TestNode node(OpCode::kStablehloAdd);
  node.Input<float>({1}, {1}).Input<float>({2}, {1, 2}).Output(ElementType::kFloat32);
  EXPECT_THAT(node.Run().message(), HasSubstr("inputs of shapes [1] and [2]"));
}

TEST(StablehloGather, SlicesWhereTheVectorsPoint) {
  StablehloGatherAttributes attributes;
  attributes.offset_dims = {1};
  attributes.collapsed_slice_dims = {0};
  attributes.start_index_map = {1, 0};
  attributes.index_vector_dim = 1;
  attributes.slice_sizes = {1, 2};
  TestNode node(OpCode::kStablehloGather, attributes);
  // Vectors are (column, row). The last one lies outside and is moved back.
  node.Input<I32>({3, 4}, {0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23})
      .Input<I64>({3, 2}, {1, 2, 0, 0, 3, -5})
      .Output(ElementType::kInt32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({3, 2}));
  EXPECT_THAT(node.Result<I32>(), ElementsAre(21, 22, 0, 1, 2, 3));
}

TEST(StablehloGather, RefusesOptionsThatDoNotFit) {
  const auto run = [](const StablehloGatherAttributes& attributes) {
    TestNode node(OpCode::kStablehloGather, attributes);
    node.Input<I32>({3}, {1, 2, 3}).Input<I32>({2, 1}, {0, 1}).Output(ElementType::kInt32);
    return std::string(node.Run().message());
  };
  StablehloGatherAttributes good;
  good.collapsed_slice_dims = {0};
  good.start_index_map = {0};
  good.index_vector_dim = 1;
  good.slice_sizes = {1};
  EXPECT_EQ(run(good), "");
  auto bad = good;
  bad.slice_sizes = {4};
  EXPECT_THAT(run(bad), HasSubstr("slices of 4 on axis 0"));
  bad = good;
  bad.start_index_map = {1};
  EXPECT_THAT(run(bad), HasSubstr("the index map has dimension 1, of 1"));
  bad = good;
  bad.index_vector_dim = 3;
  EXPECT_THAT(run(bad), HasSubstr("index_vector_dim 3"));
  bad = good;
  bad.collapsed_slice_dims = {};
  EXPECT_THAT(run(bad), HasSubstr("0 offset_dims for 1 slice dims"));
}

StablehloScatterAttributes RowScatter() {
  StablehloScatterAttributes attributes;
  attributes.update_window_dims = {1};
  attributes.inserted_window_dims = {0};
  attributes.scatter_dims_to_operand_dims = {0};
  attributes.index_vector_dim = 1;
  attributes.update_graph = 1;
  return attributes;
}

TestNode ScatterRows(GraphCaller& caller, const std::vector<I32>& rows) {
  TestNode node(OpCode::kStablehloScatter, RowScatter());
  node.Input<float>({2, 2}, {1, 2, 3, 4})
      .Input<I32>({static_cast<I32>(rows.size())}, rows)
      .Input<float>({static_cast<I32>(rows.size()), 2}, std::vector<float>{10, 20, 30, 40, 50, 60})
      .Output(ElementType::kFloat32)
      .Calls(&caller);
  return node;
}

TEST(StablehloScatter, CombinesByTheGraph) {
  OneNodeGraph add({OpCode::kStablehloAdd}), assign({}), least({OpCode::kStablehloMinimum});
  TestNode sum = ScatterRows(add, {0, 0, 1});
  ASSERT_TRUE(sum.Run().ok());
  EXPECT_THAT(sum.Result<float>(), ElementsAre(41, 62, 53, 64));
  TestNode last = ScatterRows(assign, {0, 0, 7});  // the third row lies outside
  ASSERT_TRUE(last.Run().ok());
  EXPECT_THAT(last.Result<float>(), ElementsAre(30, 40, 3, 4));
  TestNode minimum = ScatterRows(least, {1, -1, 1});
  ASSERT_TRUE(minimum.Run().ok());
  EXPECT_THAT(minimum.Result<float>(), ElementsAre(1, 2, 3, 4));
}

TEST(StablehloScatter, RefusesOtherGraphs) {
  OneNodeGraph two({OpCode::kAdd, OpCode::kMul}), other({OpCode::kSub});
  EXPECT_THAT(ScatterRows(two, {0, 0, 1}).Run().message(), HasSubstr("graph 1 has more than one node"));
  EXPECT_THAT(ScatterRows(other, {0, 0, 1}).Run().message(), HasSubstr("graph 1 combines elements by SUB"));
  TestNode none = ScatterRows(two, {0, 0, 1});
  none.Calls(nullptr);
  EXPECT_THAT(none.Run().message(), HasSubstr("there is no graph 1"));
}

std::vector<I32> Pad(I64 low, I64 high, I64 interior) {
  TestNode node(OpCode::kStablehloPad, StablehloPadAttributes{{low}, {high}, {interior}});
  node.Input<I32>({3}, {1, 2, 3}).Input<I32>({}, {9}).Output(ElementType::kInt32);
  const Status status = node.Run();
  EXPECT_TRUE(status.ok()) << status.message();
  return node.Result<I32>();
}

TEST(StablehloPad, AroundBetweenAndCutOff) {
  EXPECT_THAT(Pad(1, 2, 0), ElementsAre(9, 1, 2, 3, 9, 9));
  EXPECT_THAT(Pad(0, 0, 1), ElementsAre(1, 9, 2, 9, 3));
  EXPECT_THAT(Pad(-1, 0, 1), ElementsAre(9, 2, 9, 3));
  EXPECT_THAT(Pad(-2, 1, 1), ElementsAre(2, 9, 3, 9));
  EXPECT_THAT(Pad(0, -1, 2), ElementsAre(1, 9, 9, 2, 9, 9));
  EXPECT_THAT(Pad(4, -5, 0), ElementsAre(9, 9));
  EXPECT_THAT(Pad(-4, 0, 0), ElementsAre());
}

TEST(StablehloPad, NothingLiesBetweenNoElements) {
  TestNode node(OpCode::kStablehloPad, StablehloPadAttributes{{2}, {1}, {5}});
  node.Input<I32>({0}, {}).Input<I32>({}, {9}).Output(ElementType::kInt32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I32>(), ElementsAre(9, 9, 9));
}

TEST(StablehloReduceWindow, PaddedDilatedWindows) {
  OneNodeGraph add({OpCode::kStablehloAdd});
  StablehloReduceWindowAttributes attributes;
  attributes.window_dimensions = {2};
  attributes.window_strides = {1};
  attributes.base_dilations = {2};
  attributes.window_dilations = {2};
  attributes.padding = {1, 1};
  attributes.body_graph = 1;
  TestNode node(OpCode::kStablehloReduceWindow, attributes);
  node.Input<I32>({3}, {1, 2, 3}).Input<I32>({}, {100}).Output(ElementType::kInt32).Calls(&add);
  ASSERT_TRUE(node.Run().ok());
  // Over p 1 p 2 p 3 p, where each p is the initial value, which also comes first.
  EXPECT_THAT(node.Result<I32>(), ElementsAre(300, 103, 300, 105, 300));
}

TEST(StablehloReduceWindow, ReducesPlanes) {
  OneNodeGraph maximum({OpCode::kMaximum});
  StablehloReduceWindowAttributes attributes;
  attributes.window_dimensions = {2, 2};
  attributes.body_graph = 1;
  TestNode node(OpCode::kStablehloReduceWindow, attributes);
  node.Input<float>({3, 3}, {1, 9, 2, 3, 4, 8, 7, 5, 6}).Input<float>({}, {5}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Calls(&maximum).Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({2, 2}));
  EXPECT_THAT(node.Result<float>(), ElementsAre(9, 9, 7, 8));
}

TEST(RandomBits, PublishedVectors) {
  using reference::Philox;
  using reference::Threefry;
  EXPECT_THAT(Philox::Generate({0, 0}, {0, 0, 0, 0}), ElementsAre(0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U));
  EXPECT_THAT(Threefry::Generate({0, 0}, {0, 0}), ElementsAre(0x6b200159U, 0x99ba4efeU));
  constexpr std::uint32_t kOnes = 0xFFFFFFFFU;
  EXPECT_THAT(Philox::Generate({kOnes, kOnes}, {kOnes, kOnes, kOnes, kOnes}),
              ElementsAre(0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU));
  EXPECT_THAT(Threefry::Generate({kOnes, kOnes}, {kOnes, kOnes}), ElementsAre(0x1cb996fcU, 0xbb002be7U));
}

TEST(StablehloRngBitGenerator, BitsAndTheNextState) {
  TestNode node(OpCode::kStablehloRngBitGenerator, StablehloRngAttributes{.algorithm = 2});
  node.Input<std::uint64_t>({2}, {0, 0xFFFFFFFFU}).Output(ElementType::kUInt64).Output(ElementType::kUInt32, {}, {3});
  ASSERT_TRUE(node.Run().ok());
  const auto first = reference::Threefry::Generate({0, 0}, {0xFFFFFFFFU, 0});
  const auto second = reference::Threefry::Generate({0, 0}, {0, 1});
  EXPECT_THAT(node.Result<std::uint32_t>(1), ElementsAre(first[0], first[1], second[0]));
  EXPECT_THAT(node.Result<std::uint64_t>(0), ElementsAre(0, (std::uint64_t{1} << 32) + 1));
}

TestNode Random(OpCode op, std::int32_t count, std::int64_t seed) {
  TestNode node(op, RandomAttributes{.seed = seed, .seed2 = 0});
  node.Constant<I32>({1}, {count}).Output(ElementType::kFloat32);
  return node;
}

TEST(Random, StreamGoesOnUntilReset) {
  TestNode node = Random(OpCode::kRandomUniform, 6, 11);
  ASSERT_TRUE(node.Run().ok());
  const auto first = node.Result<float>();
  ASSERT_TRUE(node.Run().ok());
  EXPECT_NE(node.Result<float>(), first);
  node.state()->Reset();
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.Result<float>(), first);
  TestNode other = Random(OpCode::kRandomUniform, 6, 12);
  ASSERT_TRUE(other.Run().ok());
  EXPECT_NE(other.Result<float>(), first);
}

// As measured with LiteRT 2.3.0.
TEST(Random, NumbersAreThoseOfTensorFlowLite) {
  const auto draw = [](std::int64_t seed, std::int64_t seed2) {
    TestNode node(OpCode::kRandomUniform, RandomAttributes{.seed = seed, .seed2 = seed2});
    node.Constant<I32>({1}, {3}).Output(ElementType::kFloat32);
    EXPECT_TRUE(node.Run().ok());
    return node.Result<float>();
  };
  EXPECT_THAT(draw(1, 2), ElementsAre(0.40639675F, 0.8575996F, 0.05539584F));
  EXPECT_THAT(draw((std::int64_t{1} << 40) + 5, -3), ElementsAre(0.7630578F, 0.9980253F, 0.2002585F));
}

TEST(Random, UniformIsUniformAndNormalIsNormal) {
  constexpr int kCount = 20000;
  for (const OpCode op : {OpCode::kRandomUniform, OpCode::kRandomStandardNormal}) {
    TestNode node = Random(op, kCount, 0);
    ASSERT_TRUE(node.Run().ok());
    double sum = 0, squares = 0;
    for (const float x : node.Result<float>()) sum += x, squares += static_cast<double>(x) * x;
    const bool uniform = op == OpCode::kRandomUniform;
    EXPECT_NEAR(sum / kCount, uniform ? 0.5 : 0, 0.03);
    EXPECT_NEAR(squares / kCount, uniform ? 1.0 / 3 : 1, 0.03);
  }
}

TEST(Multinomial, FrequenciesAreTheProbabilities) {
  constexpr int kCount = 8000;
  constexpr float kNever = -std::numeric_limits<float>::infinity();
  TestNode node(OpCode::kMultinomial, RandomAttributes{.seed = 3, .seed2 = 4});
  node.Input<float>({2, 3}, {std::log(1.0F), std::log(3.0F), kNever, 0, 0, 0})
      .Constant<I32>({}, {kCount})
      .Output(ElementType::kInt64);
  ASSERT_TRUE(node.Run().ok());
  ASSERT_EQ(node.ResultShape(), Shape({2, kCount}));
  int counts[2][3] = {};
  const auto drawn = node.Result<I64>();
  for (std::size_t i = 0; i < drawn.size(); ++i) ++counts[i / kCount][drawn[i]];
  EXPECT_NEAR(counts[0][1], kCount * 3 / 4, 200);
  EXPECT_EQ(counts[0][2], 0);
  for (const int count : counts[1]) EXPECT_NEAR(count, kCount / 3, 200);
}

TEST(Complex, PartsAndMagnitude) {
  using Complex = std::complex<float>;
  const std::pair<OpCode, std::vector<float>> cases[] = {
      {OpCode::kReal, {3, -1}}, {OpCode::kImag, {4, 0}}, {OpCode::kComplexAbs, {5, 1}}};
  for (const auto& [op, expected] : cases) {
    TestNode node(op);
    node.Input<Complex>({2}, {{3, 4}, {-1, 0}}).Output(ElementType::kFloat32);
    ASSERT_TRUE(node.Run().ok());
    EXPECT_EQ(node.Result<float>(), expected);
  }
  TestNode wide(OpCode::kComplexAbs);
  wide.Input<std::complex<double>>({1}, {{6, 8}}).Output(ElementType::kFloat64);
  ASSERT_TRUE(wide.Run().ok());
  EXPECT_THAT(wide.Result<double>(), ElementsAre(10));
  TestNode mixed(OpCode::kReal);
  mixed.Input<std::complex<double>>({1}, {{6, 8}}).Output(ElementType::kFloat32);
  EXPECT_FALSE(mixed.Run().ok());
}

// By definition, of an image that is cropped on one axis and filled up on the other.
void CheckRfft2d(I32 height, I32 width) {
  constexpr int kHeight = 3, kWidth = 5;
  std::vector<float> image;
  for (int i = 0; i < kHeight * kWidth; ++i) image.push_back(static_cast<float>(i * i % 7) - 3);
  TestNode node(OpCode::kRfft2d);
  node.Input<float>({1, kHeight, kWidth}, image).Constant<I32>({2}, {height, width}).Output(ElementType::kComplex64);
  const Status status = node.Run();
  ASSERT_TRUE(status.ok()) << status.message();
  ASSERT_EQ(node.ResultShape(), Shape({1, height, width / 2 + 1}));
  const auto result = node.Result<std::complex<float>>();
  for (int v = 0; v < height; ++v) {
    for (int u = 0; u <= width / 2; ++u) {
      std::complex<double> sum;
      for (int y = 0; y < std::min(height, kHeight); ++y) {
        for (int x = 0; x < std::min(width, kWidth); ++x) {
          const double turns = static_cast<double>(v * y) / height + static_cast<double>(u * x) / width;
          sum += static_cast<double>(image[static_cast<std::size_t>(y * kWidth + x)]) *
                 std::polar(1.0, -2 * std::numbers::pi * turns);
        }
      }
      const auto got = result[static_cast<std::size_t>(v * (width / 2 + 1) + u)];
      EXPECT_NEAR(got.real(), sum.real(), 1e-4);
      EXPECT_NEAR(got.imag(), sum.imag(), 1e-4);
    }
  }
}

TEST(Rfft2d, IsTheDefinition) {
  CheckRfft2d(4, 4);
  CheckRfft2d(2, 8);
  CheckRfft2d(1, 1);
  CheckRfft2d(1, 16);
  CheckRfft2d(6, 7);
}

}  // namespace
}  // namespace tfld::engine
