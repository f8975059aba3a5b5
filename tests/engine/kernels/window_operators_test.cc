// DILATE, REDUCE_WINDOW, MediaPipe's operators, Hadamard rotation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using U8 = std::uint8_t;
using I16 = std::int16_t;
using I32 = std::int32_t;
using I64 = std::int64_t;

TEST(Dilate, PutsThePaddingBetween) {
  TestNode node(OpCode::kDilate);
  node.Input<I16>({2, 2}, {1, 2, 3, 4}).Constant<I32>({2}, {2, 3}).Constant<I16>({}, {-1}).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({3, 4}));
  EXPECT_THAT(node.Result<I16>(), ElementsAre(1, -1, -1, 2, -1, -1, -1, -1, 3, -1, -1, 4));
}

TEST(Dilate, EmptyAndWrongInputs) {
  TestNode empty(OpCode::kDilate);
  empty.Input<float>({0, 2}, {}).Constant<I32>({2}, {2, 3}).Constant<float>({1}, {0}).Output(ElementType::kFloat32);
  ASSERT_TRUE(empty.Run().ok());
  EXPECT_EQ(empty.ResultShape(), Shape({0, 4}));
  TestNode zero(OpCode::kDilate);
  zero.Input<float>({1}, {1}).Constant<I32>({1}, {0}).Constant<float>({1}, {0}).Output(ElementType::kFloat32);
  EXPECT_THAT(zero.Run().message(), HasSubstr("dilation 0"));
  TestNode few(OpCode::kDilate);
  few.Input<float>({1, 1}, {1}).Constant<I32>({1}, {1}).Constant<float>({1}, {0}).Output(ElementType::kFloat32);
  EXPECT_THAT(few.Run().message(), HasSubstr("1 dilations for an input of shape [1, 1]"));
}

template <typename T>
std::vector<T> ReduceWindow(int reduction, const std::vector<T>& values, T initial, const std::vector<I64>& window,
                            const std::vector<I64>& strides, const std::vector<I64>& dilations) {
  TestNode node(OpCode::kReduceWindow, ReduceWindowAttributes{.reduction = reduction});
  node.Input<T>({3, 3}, values);
  node.Constant<T>({}, {initial});
  node.Constant<I64>({2}, window).Constant<I64>({2}, strides).Constant<I64>({2}, dilations);
  node.Output(kElementTypeOf<T>);
  EXPECT_TRUE(node.Run().ok());
  return node.Result<T>();
}

TEST(ReduceWindow, Reductions) {
  const std::vector<I32> values = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  EXPECT_THAT(ReduceWindow<I32>(1, values, 100, {2, 2}, {1, 1}, {1, 1}), ElementsAre(112, 116, 124, 128));
  EXPECT_THAT(ReduceWindow<I32>(2, values, 1, {1, 3}, {2, 1}, {1, 1}), ElementsAre(6, 504));
  EXPECT_THAT(ReduceWindow<I32>(3, values, 4, {2, 2}, {1, 1}, {2, 2}), ElementsAre(1));
  EXPECT_THAT(ReduceWindow<I32>(4, values, 0, {2, 2}, {1, 1}, {2, 2}), ElementsAre(9));
  EXPECT_THAT(
      ReduceWindow<bool>(5, {true, true, true, true, true, true, true, false, true}, true, {1, 3}, {1, 1}, {1, 1}),
      ElementsAre(true, true, false));
  EXPECT_THAT(ReduceWindow<float>(1, std::vector<float>(9, 1), 0, {4, 1}, {1, 1}, {1, 1}), ElementsAre());
}

TEST(ReduceWindow, RefusesUnknownReductions) {
  TestNode node(OpCode::kReduceWindow, ReduceWindowAttributes{.reduction = 0});
  node.Input<float>({1}, {1})
      .Constant<float>({}, {1})
      .Constant<I64>({1}, {1})
      .Constant<I64>({1}, {1})
      .Constant<I64>({1}, {1})
      .Output(ElementType::kFloat32);
  EXPECT_THAT(node.Run().message(), HasSubstr("reduction 0 is not supported"));
}

// A custom operator whose options are integers.
template <std::size_t N>
void SetCustom(TestNode& node, const char* name, const std::array<I32, N>& options) {
  node.graph().nodes[0].custom_name = name;
  node.graph().nodes[0].custom_options = std::as_bytes(std::span(options));
}

TEST(Convolution2DTransposeBias, SamePadding) {
  static constexpr std::array<I32, 3> kOptions = {1, 2, 2};
  TestNode node(OpCode::kCustom);
  SetCustom(node, "Convolution2DTransposeBias", kOptions);
  node.Input<float>({1, 1, 2, 1}, {1, 10})
      .Constant<float>({1, 2, 2, 1}, {1, 2, 3, 4})
      .Constant<float>({1}, {0.5F})
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({1, 1, 4, 1}));  // a single row loses what the next one would overlap
  EXPECT_THAT(node.Result<float>(), ElementsAre(1.5F, 2.5F, 10.5F, 20.5F));
}

TEST(Convolution2DTransposeBias, ValidPaddingAndOverlap) {
  static constexpr std::array<I32, 3> kOptions = {2, 1, 1};
  TestNode node(OpCode::kCustom);
  SetCustom(node, "Convolution2DTransposeBias", kOptions);
  node.Input<float>({1, 1, 2, 1}, {1, 10})
      .Constant<float>({1, 2, 2, 1}, {1, 2, 3, 4})
      .Constant<float>({1}, {0})
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({1, 2, 3, 1}));
  EXPECT_THAT(node.Result<float>(), ElementsAre(1, 12, 20, 3, 34, 40));
}

TEST(MediaPipe, PoolingAndBack) {
  static constexpr std::array<I32, 6> kOptions = {1, 2, 2, 2, 2, 0};
  TestNode pool(OpCode::kCustom);
  SetCustom(pool, "MaxPoolingWithArgmax2D", kOptions);
  pool.Input<float>({1, 2, 4, 1}, {1, 2, 8, 5, 9, 4, 3, 7}).Output(ElementType::kFloat32).Output(ElementType::kFloat32);
  ASSERT_TRUE(pool.Run().ok());
  EXPECT_THAT(pool.Result<float>(0), ElementsAre(9, 8));
  EXPECT_THAT(pool.Result<float>(1), ElementsAre(FloatNear(2.1F, 1e-6F), FloatNear(0.1F, 1e-6F)));

  TestNode unpool(OpCode::kCustom);
  SetCustom(unpool, "MaxUnpooling2D", kOptions);
  unpool.Input<float>({1, 1, 2, 1}, {9, 8}).Input<float>({1, 1, 2, 1}, {2.1F, 0.1F}).Output(ElementType::kFloat32);
  ASSERT_TRUE(unpool.Run().ok());
  EXPECT_EQ(unpool.ResultShape(), Shape({1, 2, 4, 1}));
  EXPECT_THAT(unpool.Result<float>(), ElementsAre(0, 0, 8, 0, 9, 0, 0, 0));
}

TEST(MaxUnpooling, AbsoluteIndices) {
  static constexpr std::array<I32, 6> kOptions = {2, 2, 2, 2, 2, 0};
  TestNode node(OpCode::kCustom);
  SetCustom(node, "MaxUnpooling2D", kOptions);
  node.Input<float>({1, 1, 2, 1}, {9, 8}).Input<I32>({1, 1, 2, 1}, {4, 2}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(0, 0, 8, 0, 9, 0, 0, 0));
  TestNode beyond(OpCode::kCustom);
  SetCustom(beyond, "MaxUnpooling2D", kOptions);
  beyond.Input<float>({1, 1, 2, 1}, {9, 8}).Input<I32>({1, 1, 2, 1}, {4, 8}).Output(ElementType::kFloat32);
  const Status status = beyond.Run();
  EXPECT_EQ(status.code(), StatusCode::kOutOfRange);
  EXPECT_THAT(status.message(), HasSubstr("index 8 of element 1"));
}

TEST(MediaPipe, OptionsAreChecked) {
  static constexpr std::array<I32, 2> kShort = {1, 2};
  static constexpr std::array<I32, 6> kZeroStride = {1, 0, 2, 2, 2, 0};
  static constexpr std::array<I32, 6> kNoPadding = {0, 2, 2, 2, 2, 0};
  const auto run = [](const auto& options) {
    TestNode node(OpCode::kCustom);
    SetCustom(node, "MaxPoolingWithArgmax2D", options);
    node.Input<float>({1, 1, 1, 1}, {1}).Output(ElementType::kFloat32).Output(ElementType::kFloat32);
    return std::string(node.Run().message());
  };
  EXPECT_THAT(run(kShort), HasSubstr("has options of 8 bytes; expected at least 24"));
  EXPECT_THAT(run(kZeroStride), HasSubstr("a stride or size of 0"));
  EXPECT_THAT(run(kNoPadding), HasSubstr("padding 0 does not exist"));
}

// A FlexBuffers map {hadamard_size: `size`}, by hand: the key, its vector of keys, the value, the root.
std::vector<U8> HadamardOptions(U8 size) {
  std::vector<U8> bytes;
  for (const char c : std::string_view("hadamard_size")) bytes.push_back(static_cast<U8>(c));
  bytes.insert(bytes.end(), {0, 1, 15, 1, 1, 1, size, 4, 2, 36, 1});
  return bytes;
}

std::string RunHadamard(const std::vector<U8>& options, TestNode& node) {
  node.graph().nodes[0].custom_name = "aeq.hadamard_rotation";
  node.graph().nodes[0].custom_options = std::as_bytes(std::span(options));
  node.Input<float>({2, 4}, {1, 2, 3, 4, 1, 0, 0, 0}).Output(ElementType::kFloat32);
  return std::string(node.Run().message());
}

TEST(HadamardRotation, MultipliesGroups) {
  TestNode node(OpCode::kCustom);
  ASSERT_EQ(RunHadamard(HadamardOptions(4), node), "");
  EXPECT_THAT(node.Result<float>(), ElementsAre(5, -1, -2, 0, 0.5F, 0.5F, 0.5F, 0.5F));
}

TEST(HadamardRotation, RefusesSizesThatDoNotFit) {
  TestNode large(OpCode::kCustom);
  EXPECT_THAT(RunHadamard(HadamardOptions(8), large), HasSubstr("a Hadamard matrix of 8 for input [2, 4]"));
  TestNode odd(OpCode::kCustom);
  EXPECT_THAT(RunHadamard(HadamardOptions(3), odd), HasSubstr("a Hadamard matrix of 3"));
}

}  // namespace
}  // namespace tfld::engine
