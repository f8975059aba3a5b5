// RNN and its sequences: cells of one unit, values by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

// output = 2 * input + 0.5 * state + 1
TestNode& AddCell(TestNode& node, std::int32_t batches, float weight = 2) {
  node.Constant<float>({1, 1}, {weight}).Constant<float>({1, 1}, {0.5F}).Constant<float>({1}, {1});
  node.Input<float>({batches, 1}, std::vector<float>(static_cast<std::size_t>(batches)));
  node.graph().values.back().is_variable = true;
  return node;
}

TEST(Rnn, OutputIsTheNextState) {
  TestNode node(OpCode::kRnn);
  node.Input<float>({1, 1}, {3});
  AddCell(node, 1).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(7));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(6 + 3.5F + 1));
}

TEST(Rnn, ActivationIsPartOfTheState) {
  TestNode node(OpCode::kRnn, RnnAttributes{.activation = Activation::kRelu6});
  node.Input<float>({1, 1}, {3});
  AddCell(node, 1).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(6));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(6));
}

TEST(UnidirectionalSequenceRnn, BothLayouts) {
  // Two sequences of two steps: 1, 2 and 3, 4.
  for (const bool time_major : {true, false}) {
    TestNode node(OpCode::kUnidirectionalSequenceRnn, RnnAttributes{.time_major = time_major});
    node.Input<float>({2, 2, 1}, time_major ? std::vector<float>{1, 3, 2, 4} : std::vector<float>{1, 2, 3, 4});
    AddCell(node, 2).Output(ElementType::kFloat32);
    ASSERT_TRUE(node.Run().ok());
    EXPECT_EQ(node.ResultShape(), Shape({2, 2, 1}));
    if (time_major) {
      EXPECT_THAT(node.Result<float>(), ElementsAre(3, 7, 6.5F, 12.5F));
    } else {
      EXPECT_THAT(node.Result<float>(), ElementsAre(3, 6.5F, 7, 12.5F));
    }
  }
}

TestNode Bidirectional(RnnAttributes attributes, bool aux_input, bool aux_weights) {
  TestNode node(OpCode::kBidirectionalSequenceRnn, attributes);
  const Shape two_steps = attributes.time_major ? Shape{2, 1, 1} : Shape{1, 2, 1};
  node.Input<float>(two_steps, {1, 2});
  AddCell(AddCell(node, 1), 1, 4);
  if (aux_input) {
    node.Input<float>(two_steps, {10, 20});
  } else {
    node.NoInput();
  }
  for (int i = 0; i < 2; ++i) {
    if (aux_weights) {
      node.Constant<float>({1, 1}, {100});
    } else {
      node.NoInput();
    }
  }
  node.Output(ElementType::kFloat32);
  if (!attributes.merge_outputs) node.Output(ElementType::kFloat32);
  return node;
}

TEST(BidirectionalSequenceRnn, BackwardBeginsAtTheEnd) {
  TestNode node = Bidirectional({}, false, false);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(0), ElementsAre(3, 6.5F));
  EXPECT_THAT(node.Result<float>(1), ElementsAre(4 + 4.5F + 1, 9));
}

TEST(BidirectionalSequenceRnn, MergesOutputs) {
  TestNode node = Bidirectional({.merge_outputs = true}, false, false);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({1, 2, 2}));
  EXPECT_THAT(node.Result<float>(), ElementsAre(3, 9.5F, 6.5F, 9));
}

TEST(BidirectionalSequenceRnn, AuxiliaryInputWithItsOwnWeights) {
  TestNode node = Bidirectional({}, true, true);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(0), ElementsAre(1003, 4 + 2000 + 501.5F + 1));
  EXPECT_THAT(node.Result<float>(1), ElementsAre(4 + 1000 + 1004.5F + 1, 2009));
}

TEST(BidirectionalSequenceRnn, AuxiliaryInputInsteadOfTheInput) {
  TestNode node = Bidirectional({.time_major = true}, true, false);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(0), ElementsAre(3, 6.5F));
  EXPECT_THAT(node.Result<float>(1), ElementsAre(40 + 40.5F + 1, 81));
}

// As in TensorFlow Lite.
TEST(BidirectionalSequenceRnn, AuxiliaryInputIsNotReadWhenBatchesComeFirst) {
  TestNode node = Bidirectional({}, true, false);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(1), ElementsAre(4 + 4.5F + 1, 9));
}

TestNode Hybrid(OpCode op, RnnAttributes attributes, const Shape& shape, const std::vector<float>& input, int cells) {
  TestNode node(op, attributes);
  node.Input<float>(shape, input);
  for (int i = 0; i < cells; ++i) {
    node.Constant<std::int8_t>({1, 1}, {4}, Quantized(0.5F, 0)).Constant<std::int8_t>({1, 1}, {1}, Quantized(0.5F, 0));
    node.Constant<float>({1}, {1}).Input<float>({1, 1}, {0});
    node.graph().values.back().is_variable = true;
  }
  for (int i = 0; i < cells; ++i) node.Output(ElementType::kFloat32);
  return node;
}

TEST(UnidirectionalSequenceRnn, SmallWeights) {
  for (const bool asymmetric : {false, true}) {
    TestNode node =
        Hybrid(OpCode::kUnidirectionalSequenceRnn, {.asymmetric_quantize_inputs = asymmetric}, {1, 2, 1}, {1, 2}, 1);
    ASSERT_TRUE(node.Run().ok());
    EXPECT_THAT(node.Result<float>(), Pointwise(FloatNear(0.02F), {3.0F, 6.5F}));
  }
}

// As TensorFlow Lite does it: two steps, so both directions go over the sequence twice.
TEST(BidirectionalSequenceRnn, SmallWeightsGoOverTimeMajorSequencesAgain) {
  TestNode node = Hybrid(OpCode::kBidirectionalSequenceRnn, {.time_major = true}, {2, 1, 1}, {1, 2}, 2);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(0), Pointwise(FloatNear(0.02F), {6.25F, 8.125F}));
}

TEST(Rnn, RefusesWhatDoesNotFit) {
  TestNode constant_state(OpCode::kRnn);
  constant_state.Input<float>({1, 1}, {3});
  AddCell(constant_state, 1).Output(ElementType::kFloat32);
  constant_state.graph().values[4].is_variable = false;
  EXPECT_THAT(constant_state.Run().ToString(), HasSubstr("input 4 is state and must be a variable tensor"));

  TestNode batches(OpCode::kRnn);
  batches.Input<float>({2, 1}, {3, 4});
  AddCell(batches, 1).Output(ElementType::kFloat32);
  EXPECT_THAT(batches.Run().ToString(), HasSubstr("expected 2 elements"));

  TestNode lonely = Bidirectional({}, true, true);
  lonely.graph().nodes[0].inputs[11] = kNoValue;
  EXPECT_THAT(lonely.Run().ToString(), HasSubstr("only one direction has weights for the auxiliary input"));

  TestNode outputs = Bidirectional({}, false, false);
  outputs.graph().nodes[0].outputs.pop_back();
  EXPECT_THAT(outputs.Run().ToString(), HasSubstr("has 1 outputs; expected 2"));

  TestNode mixed = Bidirectional({}, false, false);
  mixed.graph().value(mixed.graph().nodes[0].inputs[5]).type = ElementType::kInt8;
  EXPECT_FALSE(mixed.Run().ok());
}

}  // namespace
}  // namespace tfld::engine
