// Reductions, running sums, normalizations and the activations that are no clamps, by values computed by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;
using I8 = std::int8_t;
using U8 = std::uint8_t;
using I16 = std::int16_t;
using I32 = std::int32_t;

template <typename T>
std::vector<T> Reduce(OpCode op, std::vector<I32> axes, const Shape& shape, std::vector<T> input,
                      const Quantization& from = {}, const Quantization& to = {}) {
  TestNode node(op, ReducerAttributes{.keep_dims = false});
  node.Input<T>(shape, input, from)
      .template Constant<I32>({static_cast<I32>(axes.size())}, axes)
      .Output(kElementTypeOf<T>, to);
  const Status status = node.Run();
  EXPECT_TRUE(status.ok()) << status.ToString();
  return node.Result<T>();
}

TEST(Reduce, AlongEachAxis) {
  EXPECT_THAT(Reduce<float>(OpCode::kSum, {0}, {2, 3}, {1, 2, 3, 4, 5, 6}), ElementsAre(5, 7, 9));
  EXPECT_THAT(Reduce<I32>(OpCode::kReduceProd, {-1}, {2, 3}, {1, 2, 3, 4, 5, 6}), ElementsAre(6, 120));
  EXPECT_THAT(Reduce<I32>(OpCode::kReduceMax, {0, 1}, {2, 3}, {1, 9, 3, 4, 5, 6}), ElementsAre(9));
  EXPECT_THAT(Reduce<std::int64_t>(OpCode::kReduceMin, {1}, {2, 2}, {4, 3, -1, 8}), ElementsAre(3, -1));
  EXPECT_THAT(Reduce<bool>(OpCode::kReduceAny, {1}, {2, 2}, {false, true, false, false}), ElementsAre(true, false));
  EXPECT_THAT(Reduce<bool>(OpCode::kReduceAll, {1}, {2, 2}, {true, true, true, false}), ElementsAre(true, false));
}

TEST(Reduce, OfNothing) {
  EXPECT_THAT(Reduce<float>(OpCode::kSum, {0}, {0, 2}, {}), ElementsAre(0, 0));
  EXPECT_THAT(Reduce<I32>(OpCode::kReduceProd, {0}, {0, 2}, {}), ElementsAre(1, 1));
  EXPECT_THAT(Reduce<float>(OpCode::kSum, {}, {2}, {1, 2}), ElementsAre(1, 2));
}

TEST(Mean, OfNothingIsNaNOrAStoredZero) {
  EXPECT_THAT(Reduce<float>(OpCode::kMean, {0}, {0, 2}, {}), ElementsAre(::testing::IsNan(), ::testing::IsNan()));
  EXPECT_THAT(Reduce<I32>(OpCode::kMean, {0}, {0}, {}), ElementsAre(0));
  EXPECT_THAT(Reduce<I8>(OpCode::kMean, {0}, {0}, {}, Quantized(0.5F, 3), Quantized(0.5F, 3)), ElementsAre(0));
}

TEST(Sum, Quantized) {
  // (1 + 2 + 3) / 0.5, without and with a zero point
  EXPECT_THAT(Reduce<I8>(OpCode::kSum, {0}, {3}, {5, 9, 13}, Quantized(0.25F, 1), Quantized(0.5F, -3)), ElementsAre(9));
  EXPECT_THAT(Reduce<U8>(OpCode::kSum, {0}, {3}, {5, 9, 13}, Quantized(0.25F, 1), Quantized(0.5F, 3)), ElementsAre(15));
}

TEST(ReduceProd, Quantized) {
  // 2 * 3 = 6
  EXPECT_THAT(Reduce<I8>(OpCode::kReduceProd, {0}, {2}, {4, 6}, Quantized(0.5F, 0), Quantized(0.25F, 1)),
              ElementsAre(25));
}

TEST(ArgMax, TakesTheFirst) {
  TestNode node(OpCode::kArgMax, OutputTypeAttributes{});
  node.Input<I8>({2, 3}, {1, 5, 5, -1, -2, -3}).Constant<I32>({}, {1}).Output(ElementType::kInt64);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<std::int64_t>(), ElementsAre(1, 0));
  TestNode least(OpCode::kArgMin, OutputTypeAttributes{});
  least.Input<float>({2, 2}, {1, 5, 0, 7}).Constant<I32>({1}, {-2}).Output(ElementType::kInt32);
  ASSERT_TRUE(least.Run().ok());
  EXPECT_THAT(least.Result<I32>(), ElementsAre(1, 0));
}

TEST(ArgMax, NanLosesToEveryNumber) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  for (const auto& [axis, expected] : {std::pair{1, std::vector<I32>{2, 0}}, std::pair{0, std::vector<I32>{1, 0, 1}}}) {
    TestNode node(OpCode::kArgMax, OutputTypeAttributes{});
    node.Input<float>({2, 3}, {kNan, 3, 4, 5, kNan, 5}).Constant<I32>({}, {axis}).Output(ElementType::kInt32);
    ASSERT_TRUE(node.Run().ok());
    EXPECT_EQ(node.Result<I32>(), expected);
  }
  TestNode none(OpCode::kArgMin, OutputTypeAttributes{});
  none.Input<float>({2}, {kNan, kNan}).Constant<I32>({}, {0}).Output(ElementType::kInt32);
  ASSERT_TRUE(none.Run().ok());
  EXPECT_THAT(none.Result<I32>(), ElementsAre(0));
}

TEST(ArgMax, RefusesAnEmptyAxis) {
  TestNode node(OpCode::kArgMax, OutputTypeAttributes{});
  node.Input<float>({2, 0}, {}).Constant<I32>({}, {1}).Output(ElementType::kInt32);
  EXPECT_EQ(node.Run().code(), StatusCode::kInvalidArgument);
}

TEST(Cumsum, AllFourWays) {
  const auto run = [](bool exclusive, bool reverse) {
    TestNode node(OpCode::kCumsum, CumsumAttributes{.exclusive = exclusive, .reverse = reverse});
    node.Input<I32>({2, 3}, {1, 2, 3, 4, 5, 6}).Constant<I32>({}, {1}).Output(ElementType::kInt32);
    EXPECT_TRUE(node.Run().ok());
    return node.Result<I32>();
  };
  EXPECT_THAT(run(false, false), ElementsAre(1, 3, 6, 4, 9, 15));
  EXPECT_THAT(run(true, false), ElementsAre(0, 1, 3, 0, 4, 9));
  EXPECT_THAT(run(false, true), ElementsAre(6, 5, 3, 15, 11, 6));
  EXPECT_THAT(run(true, true), ElementsAre(5, 3, 0, 11, 6, 0));
}

TEST(L2Pool, RootOfTheMeanSquare) {
  TestNode node(OpCode::kL2Pool2d, Pool2dAttributes{.padding = Padding::kValid, .filter_h = 1, .filter_w = 2});
  node.Input<float>({1, 1, 2, 1}, {1, 7}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(5));
}

TEST(L2Normalization, Rows) {
  TestNode node(OpCode::kL2Normalization);
  node.Input<float>({2, 2}, {3, 4, 0, 0}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(0.6F, 0.8F, 0, 0));
  TestNode quantized(OpCode::kL2Normalization, {}, /*version=*/2);
  quantized.Input<I8>({2}, {7, 9}, Quantized(0.5F, 1)).Output(ElementType::kInt8, Quantized(1.0F / 128, 0));
  ASSERT_TRUE(quantized.Run().ok());
  EXPECT_THAT(quantized.Result<I8>(), ElementsAre(77, 102));  // 0.6 and 0.8
}

TEST(LocalResponseNormalization, NeighboursBeforeCountOneMore) {
  TestNode node(OpCode::kLocalResponseNormalization,
                LocalResponseNormalizationAttributes{.radius = 1, .bias = 1, .alpha = 1, .beta = 1});
  node.Input<float>({1, 1, 1, 3}, {1, 2, 3}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(0.5F, FloatNear(2.0F / 6, 1e-6F), FloatNear(3.0F / 14, 1e-6F)));
}

TEST(LogSoftmax, OfEqualNumbers) {
  TestNode node(OpCode::kLogSoftmax);
  node.Input<float>({1, 4}, {3, 3, 3, 3}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), testing::Each(FloatNear(-std::log(4.0F), 1e-6F)));
  TestNode quantized(OpCode::kLogSoftmax);
  quantized.Input<I8>({1, 4}, {3, 3, 3, 3}, Quantized(0.5F, 0)).Output(ElementType::kInt8, Quantized(0.0625F, 127));
  ASSERT_TRUE(quantized.Run().ok());
  EXPECT_THAT(quantized.Result<I8>(), testing::Each(127 - 22));  // log(4) * 16 = 22.2
}

TEST(Activations, Float) {
  const auto run = [](OpCode op, Attributes attributes, float x) {
    TestNode node(op, std::move(attributes));
    node.Input<float>({1}, {x}).Output(ElementType::kFloat32);
    EXPECT_TRUE(node.Run().ok());
    return node.Result<float>()[0];
  };
  EXPECT_FLOAT_EQ(run(OpCode::kElu, {}, -1), -0.63212056F);
  EXPECT_FLOAT_EQ(run(OpCode::kElu, {}, 2), 2);
  EXPECT_FLOAT_EQ(run(OpCode::kGelu, GeluAttributes{.approximate = false}, 1), 0.8413447F);
  EXPECT_FLOAT_EQ(run(OpCode::kGelu, GeluAttributes{.approximate = true}, 1), 0.841192F);
  EXPECT_FLOAT_EQ(run(OpCode::kHardSwish, {}, -1), -1.0F / 3);
  EXPECT_FLOAT_EQ(run(OpCode::kLeakyRelu, LeakyReluAttributes{.alpha = 0.1F}, -5), -0.5F);
}

TEST(Activations, Quantized) {
  const auto run = [](OpCode op, Attributes attributes, std::vector<I8> x) {
    TestNode node(op, std::move(attributes));
    node.Input<I8>({static_cast<I32>(x.size())}, x, Quantized(0.0625F, 0))
        .Output(ElementType::kInt8, Quantized(0.0625F, 0));
    EXPECT_TRUE(node.Run().ok());
    return node.Result<I8>();
  };
  EXPECT_THAT(run(OpCode::kHardSwish, {}, {64, -64, 16, -16}), ElementsAre(64, 0, 11, -5));
  EXPECT_THAT(run(OpCode::kLeakyRelu, LeakyReluAttributes{.alpha = 0.5F}, {20, -20}), ElementsAre(20, -10));
  EXPECT_THAT(run(OpCode::kLeakyRelu, LeakyReluAttributes{.alpha = -0.5F}, {20, -20}), ElementsAre(20, 10));
  EXPECT_THAT(run(OpCode::kElu, {}, {16, -16}), ElementsAre(16, -10));
}

TEST(Activations, Int16) {
  const auto run = [](OpCode op, float scale, std::vector<I16> x) {
    TestNode node(op);
    node.Input<I16>({static_cast<I32>(x.size())}, x, Quantized(scale, 0))
        .Output(ElementType::kInt16, Quantized(1.0F / 32768, 0));
    EXPECT_TRUE(node.Run().ok());
    return node.Result<I16>();
  };
  const auto near = [](std::vector<I16> got, std::vector<double> expected) {
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i] * 32768, 6);
  };
  for (const float scale : {1.0F / 4096, 0.0003F}) {
    const auto one = static_cast<I16>(std::lround(1 / scale));
    const double x = one * static_cast<double>(scale);
    near(run(OpCode::kLogistic, scale, {0, one}), {0.5, 1 / (1 + std::exp(-x))});
    near(run(OpCode::kTanh, scale, {one, static_cast<I16>(-one)}), {std::tanh(x), -std::tanh(x)});
  }
  near(run(OpCode::kSoftmax, 1.0F / 1024, {1024, 0, 0}), {0.5761, 0.2119, 0.2119});
}

}  // namespace
}  // namespace tfld::engine
