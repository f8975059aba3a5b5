// The basic LSTM, whose gates share one matrix of weights: in float, and in integers near it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <memory>

#include "tests/engine/kernels/lstm_formula.h"

namespace tfld::engine::lstm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// One cell: gates input, modulation, forget, output.
TEST(BasicLstm, Float) {
  TestNode node(OpCode::kLstm, LstmAttributes{.is_basic = true}, 2);
  node.Input<float>({1, 1}, {0.5F}).Input<float>({1, 1}, {0.25F});
  node.Constant<float>({4, 2}, {1, 2, 3, -4, 0.5F, 1, -1, 2}).Constant<float>({4}, {0.1F, 0.2F, 0.3F, 0.4F});
  node.Input<float>({1, 1}, {0.75F});
  for (const std::size_t i : {1, 4}) node.graph().values[i].is_variable = true;
  for (int i = 0; i < 4; ++i) node.Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  double h = 0.25, c = 0.75;
  const auto step = [&] {
    const double i = Logistic(0.5 + 2 * h + 0.1), g = std::tanh(1.5 - 4 * h + 0.2);
    const double f = Logistic(0.25 + h + 0.3), o = Logistic(-0.5 + 2 * h + 0.4);
    c = f * c + i * g;
    h = o * std::tanh(c);
  };
  step();
  ExpectNear<float>(node, {h}, 1e-6);
  ExpectNear<float>(node, {c}, 1e-6, {}, 1);
  EXPECT_EQ(node.ResultShape(2), Shape({1, 2}));
  EXPECT_EQ(node.ResultShape(3), Shape({1, 4}));
  ASSERT_TRUE(node.Run().ok());
  step();
  ExpectNear<float>(node, {h}, 1e-6);
}

TEST(BasicLstm, QuantizedIsNearFloat) {
  TestNode node(OpCode::kLstm, LstmAttributes{.is_basic = true}, 2);
  const Quantization activations = Quantized(1.0F / 128, 128);
  node.Input<std::uint8_t>({1, 1}, {192}, activations).Input<std::uint8_t>({1, 1}, {160}, activations);
  node.Constant<std::uint8_t>({4, 2}, {116, 132, 148, 36, 108, 116, 84, 132}, Quantized(1.0F / 16, 100));
  node.Constant<std::int32_t>({4}, {205, 410, 614, 819}, Quantized(1.0F / 2048, 0));
  node.Input<std::int16_t>({1, 1}, {1536}, Quantized(0x1p-11F, 0));
  node.Output(ElementType::kUInt8, activations).Output(ElementType::kInt16, Quantized(0x1p-11F, 0));
  node.Output(ElementType::kUInt8, activations).Output(ElementType::kInt16, Quantized(0x1p-12F, 0));
  ASSERT_TRUE(node.Run().ok());
  const double i = Logistic(0.5 + 0.5 + 0.1), g = std::tanh(1.5 - 1 + 0.2);
  const double f = Logistic(0.25 + 0.25 + 0.3), o = Logistic(-0.5 + 0.5 + 0.4), c = f * 0.75 + i * g;
  EXPECT_NEAR((node.Result<std::uint8_t>()[0] - 128) / 128.0, o * std::tanh(c), 0.01);
  EXPECT_NEAR(node.Result<std::int16_t>(1)[0] / 2048.0, c, 0.002);

  node.graph().value(node.graph().nodes[0].outputs[1]).quantization =
      std::make_shared<const Quantization>(Quantized(0x1p-12F, 0));
  EXPECT_EQ(node.Run().code(), StatusCode::kUnimplemented);
}

// Multiples of 0.32 whose sixteenth bit decides; the numbers are TensorFlow Lite's.
TEST(BasicLstm, QuantizedSumsAreRoundedHalfUp) {
  TestNode node(OpCode::kLstm, LstmAttributes{.is_basic = true}, 2);
  const Quantization activations = Quantized(1.0F / 128, 128);
  node.Input<std::uint8_t>({1, 1}, {192}, activations).Input<std::uint8_t>({1, 1}, {160}, activations);
  node.Constant<std::uint8_t>({4, 2}, std::vector<std::uint8_t>(8, 100), Quantized(0.01F, 100));
  node.Constant<std::int32_t>({4}, {-15604, 20645, -39221, -21966}, Quantized(0.01F / 128, 0));
  node.Input<std::int16_t>({1, 1}, {0}, Quantized(0x1p-11F, 0));
  node.Output(ElementType::kUInt8, activations).Output(ElementType::kInt16, Quantized(0x1p-11F, 0));
  node.Output(ElementType::kUInt8, activations).Output(ElementType::kInt16, Quantized(0x1p-12F, 0));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<std::int16_t>(3), ElementsAre(-4993, 6607, -12550, -7029));
}

TEST(BasicLstm, HasFiveInputsAndFourOutputs) {
  TestNode node(OpCode::kLstm, LstmAttributes{.is_basic = true}, 2);
  node.Input<float>({1, 1}, {0}).Output(ElementType::kFloat32);
  EXPECT_THAT(node.Run().ToString(), HasSubstr("a basic LSTM has 5 inputs and 4 outputs, not 1 and 1"));
}

}  // namespace
}  // namespace tfld::engine::lstm
