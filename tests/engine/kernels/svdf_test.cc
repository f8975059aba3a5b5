// SVDF: values by hand. Two filters of rank 2 make one unit: the first sees input 0, the second input 1; the memory is
// two steps long.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;

constexpr int kState = 4;

TestNode& MakeState(TestNode& node, int index = kState) {
  Graph& graph = node.graph();
  graph.value(graph.nodes[0].inputs[static_cast<std::size_t>(index)]).is_variable = true;
  return node;
}

TestNode FloatNode(SvdfAttributes attributes, float bias) {
  TestNode node(OpCode::kSvdf, attributes);
  node.Input<float>({1, 2}, {5, 7})
      .Constant<float>({2, 2}, {1, 0, 0, 1})
      .Constant<float>({2, 2}, {1, 2, 3, 4})
      .Constant<float>({1}, {bias})
      .Input<float>({1, 4}, {0, 0, 0, 0})
      .Output(ElementType::kFloat32);
  MakeState(node);
  return node;
}

TEST(Svdf, RemembersEarlierInputs) {
  TestNode node = FloatNode({.rank = 2}, 10);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({1, 1}));
  EXPECT_THAT(node.Result<float>(), ElementsAre(2 * 5 + 4 * 7 + 10));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(1 * 5 + 2 * 5 + 3 * 7 + 4 * 7 + 10));
}

TEST(Svdf, FiltersOfRankOneAreUnits) {
  TestNode node(OpCode::kSvdf, SvdfAttributes{.rank = 1});
  node.Input<float>({2, 2}, {5, 7, -1, 1})
      .Constant<float>({2, 2}, {1, 0, 0, 1})
      .Constant<float>({2, 1}, {2, 3})
      .NoInput()
      .Input<float>({2, 2}, {0, 0, 0, 0})
      .Output(ElementType::kFloat32);
  ASSERT_TRUE(MakeState(node).Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(10, 21, -2, 3));
}

TEST(Svdf, ActivationComesLast) {
  TestNode node = FloatNode({.rank = 2, .activation = Activation::kRelu}, -100);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(0));
}

TEST(Svdf, QuantizesFloatInputsForSmallWeights) {
  for (const bool asymmetric : {false, true}) {
    TestNode node(OpCode::kSvdf, SvdfAttributes{.rank = 2, .asymmetric_quantize_inputs = asymmetric});
    node.Input<float>({1, 2}, {127, -127})
        .Constant<std::int8_t>({2, 2}, {2, 0, 0, 2}, Quantized(0.5F, 0))
        .Constant<std::int8_t>({2, 2}, {1, 2, 3, 4}, Quantized(1, 0))
        .Constant<float>({1}, {10})
        .Input<float>({1, 4}, {0, 0, 0, 0})
        .Output(ElementType::kFloat32);
    ASSERT_TRUE(MakeState(node).Run().ok());
    EXPECT_THAT(node.Result<float>(), ElementsAre(FloatNear(2 * 127 - 4 * 127 + 10, 4)));
  }
}

template <typename T>
TestNode IntegerNode(std::int32_t state_zero_point, Activation activation) {
  const auto zero = static_cast<T>(state_zero_point);
  TestNode node(OpCode::kSvdf, SvdfAttributes{.rank = 2, .activation = activation});
  node.Input<std::int8_t>({1, 2}, {4, 6}, Quantized(1, -1))
      .template Constant<std::int8_t>({2, 2}, {1, 0, 0, 1}, Quantized(1, 0))
      .template Constant<T>({2, 2}, {1, 2, 3, 4}, Quantized(1, 0))
      .template Constant<std::int32_t>({1}, {10}, Quantized(1, 0))
      .template Input<T>({1, 4}, {zero, zero, zero, zero}, Quantized(1, state_zero_point))
      .Output(ElementType::kInt8, Quantized(1, -20));
  MakeState(node);
  return node;
}

TEST(Svdf, IntegersWithStateOf16Bits) {
  TestNode node = IntegerNode<std::int16_t>(0, Activation::kRelu);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<std::int8_t>(), ElementsAre(48 - 20));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<std::int8_t>(), ElementsAre(74 - 20));
}

TEST(Svdf, IntegersWithStateOf8Bits) {
  TestNode node = IntegerNode<std::int8_t>(3, Activation::kNone);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<std::int8_t>(), ElementsAre(48 - 20));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<std::int8_t>(), ElementsAre(74 - 20));
}

TEST(Svdf, RefusesWhatDoesNotFit) {
  TestNode odd = FloatNode({.rank = 3}, 0);
  EXPECT_THAT(odd.Run().ToString(), HasSubstr("2 filters cannot be shared out by the rank 3"));
  TestNode no_state = FloatNode({.rank = 2}, 0);
  no_state.graph().value(no_state.graph().nodes[0].inputs[kState]).is_variable = false;
  EXPECT_THAT(no_state.Run().ToString(), HasSubstr("input 4 is state and must be a variable tensor"));
  TestNode short_state = FloatNode({.rank = 2}, 0);
  short_state.graph().value(short_state.graph().nodes[0].inputs[kState]).shape = {1, 3};
  EXPECT_THAT(short_state.Run().ToString(), HasSubstr("expected 4 elements"));
  TestNode clamped = IntegerNode<std::int16_t>(0, Activation::kRelu6);
  EXPECT_EQ(clamped.Run().code(), StatusCode::kUnimplemented);
  TestNode shape = FloatNode({.rank = 2}, 0);
  shape.graph().value(shape.graph().nodes[0].inputs[1]).shape = {4, 1};
  EXPECT_FALSE(shape.Run().ok());
}

}  // namespace
}  // namespace tfld::engine
