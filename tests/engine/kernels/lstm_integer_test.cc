// LSTM and its sequences in integers of every kind, against the formula and TensorFlow Lite's numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "tests/engine/kernels/lstm_formula.h"

namespace tfld::engine::lstm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

void AddIntermediates(TestNode& node, double sum_scale, double hidden_scale, std::int32_t hidden_zero_point) {
  Graph& graph = node.graph();
  for (int i = 0; i < 5; ++i) {
    Value value;
    value.type = ElementType::kInt16;
    value.quantization =
        std::make_shared<const Quantization>(i < 4 ? Quantized(static_cast<float>(sum_scale), 0)
                                                   : Quantized(static_cast<float>(hidden_scale), hidden_zero_point));
    graph.values.push_back(value);
    graph.nodes[0].intermediates.push_back(static_cast<ValueId>(graph.values.size()) - 1);
  }
}

TestNode IntegerSequence(const Cell& cell, const Reals& x, const Kind& kind) {
  TestNode node = Sequence<std::int8_t, std::int8_t, std::int32_t, std::int16_t, std::int16_t>(cell, x, kind);
  AddIntermediates(node, 1.0 / 4096, 1.0 / 128, cell.options.projection ? 0 : kind.zero_point);
  return node;
}

TEST(SequenceLstm, IntegersAreNearFloat) {
  for (const Options& options : AllOptions()) {
    if (options.peephole && options.projection) continue;  // see below
    Cell cell(options);
    const Reals x = cell.Make(kSteps * kBatches * kInputs);
    const Kind kind{.input_scale = 1.0 / 64,
                    .weight_scale = 1.0 / 64,
                    .output_scale = options.projection ? 1.0 / 64 : 1.0 / 128,
                    .norm_scale = 0x1p-14,
                    .zero_point = options.projection ? 0 : 1};
    TestNode node = IntegerSequence(cell, x, kind);
    const Status status = node.Run();
    ASSERT_TRUE(status.ok()) << status.ToString();
    ExpectNear<std::int8_t>(node, Expected(cell, x), options.norm ? 0.1 : 0.05, kind);
  }
}

// TensorFlow Lite's integer kernel lays peephole weights as if there were as few cells as outputs: here the first half
// of the cells has them.
TEST(SequenceLstm, IntegerPeepholesEndAtTheOutputs) {
  Cell cell({.peephole = true, .projection = true});
  cell.projection_bias.assign(2, 0);
  const Reals x = cell.Make(kSteps * kBatches * kInputs);
  const Kind kind{.input_scale = 1.0 / 64, .weight_scale = 1.0 / 64, .output_scale = 1.0 / 64};
  TestNode node = IntegerSequence(cell, x, kind);
  ASSERT_TRUE(node.Run().ok());
  for (Reals& peephole : cell.peephole) peephole[2] = peephole[3] = 0;
  ExpectNear<std::int8_t>(node, Expected(cell, x), 0.05, kind);
}

TEST(SequenceLstm, MicroIsNearFloat) {
  for (const Options& options : {Options{}, Options{.cell_clip = 0.25, .time_major = true}}) {
    Cell cell(options);
    const Reals x = cell.Make(kSteps * kBatches * kInputs);
    const Kind wide{.input_scale = 0x1p-15, .weight_scale = 1.0 / 64, .output_scale = 0x1p-15};
    Reals halves = x;  // 1 does not fit
    for (double& half : halves) half /= 2;
    TestNode node16 = Sequence<std::int16_t, std::int8_t, std::int64_t, std::int16_t, std::int16_t>(cell, halves, wide);
    const Status status16 = node16.Run();
    ASSERT_TRUE(status16.ok()) << status16.ToString();
    ExpectNear<std::int16_t>(node16, Expected(cell, halves), 0.005, wide);

    const Kind narrow{.input_scale = 1.0 / 64, .weight_scale = 1.0 / 64, .output_scale = 1.0 / 128, .zero_point = -3};
    TestNode node8 = Sequence<std::int8_t, std::int8_t, std::int32_t, std::int16_t, std::int16_t>(cell, x, narrow);
    const Status status8 = node8.Run();
    ASSERT_TRUE(status8.ok()) << status8.ToString();
    ExpectNear<std::int8_t>(node8, Expected(cell, x), 0.05, narrow);
  }
}

TEST(SequenceLstm, IntegersNeedTheirIntermediates) {
  const Kind kind{.input_scale = 1.0 / 64, .weight_scale = 1.0 / 64, .output_scale = 1.0 / 128};
  Cell cell({.cifg = true});
  const Reals x = cell.Make(kSteps * kBatches * kInputs);
  TestNode some = IntegerSequence(cell, x, kind);
  some.graph().nodes[0].intermediates.pop_back();
  EXPECT_THAT(some.Run().ToString(), HasSubstr("has 4 intermediate tensors; an integer LSTM needs 5"));
  TestNode absent = IntegerSequence(cell, x, kind);
  absent.graph().nodes[0].intermediates[4] = kNoValue;
  EXPECT_THAT(absent.Run().ToString(), HasSubstr("intermediate tensor 4 is missing"));
  TestNode none = IntegerSequence(cell, x, kind);
  none.graph().nodes[0].intermediates.clear();
  EXPECT_EQ(none.Run().code(), StatusCode::kUnimplemented);
  TestNode scale = IntegerSequence(cell, x, kind);
  scale.graph().value(scale.graph().nodes[0].inputs[19]).quantization =
      std::make_shared<const Quantization>(Quantized(0.001F, 0));
  EXPECT_THAT(scale.Run().ToString(), HasSubstr("is no power of two"));
}

// A cell of two batches, one input, two cells and three outputs, and what TensorFlow Lite's reference kernel gives in
// three runs.
TEST(Lstm, TwelveIntermediatesMakeEverythingInt8) {
  using I8 = std::int8_t;
  using I16 = std::int16_t;
  TestNode node(OpCode::kLstm, LstmAttributes{.activation = Activation::kTanh}, 4);
  node.Input<I8>({2, 1}, {124, -2}, Quantized(0.006711972877383232F, 25));
  const auto weights = [&](const Shape& shape, const std::vector<I8>& values, float scale) {
    node.Constant<I8>(shape, values, Quantized(scale, 0));
  };
  weights({2, 1}, {-12, 52}, 0.002369059482589364F);
  weights({2, 1}, {-48, 77}, 0.0036001948174089193F);
  weights({2, 1}, {32, 36}, 0.007708336226642132F);
  weights({2, 1}, {-9, -4}, 0.005093993619084358F);
  weights({2, 3}, {96, 126, 98, 26, -56, -45}, 0.0021904308814555407F);
  weights({2, 3}, {-59, 111, -35, 74, -81, 112}, 0.002368626883253455F);
  weights({2, 3}, {33, -69, -61, -58, 123, -98}, 0.004839424975216389F);
  weights({2, 3}, {-78, 2, -65, -78, 17, 27}, 0.005481803324073553F);
  node.NoInput().NoInput().NoInput();
  const std::vector<std::vector<std::int32_t>> biases = {{5032, 2463}, {1031, -5613}, {-4436, 739}, {-1536, 609}};
  for (const std::vector<std::int32_t>& bias : biases) {
    node.Constant<std::int32_t>({2}, bias);
  }
  weights({3, 2}, {73, 8, -118, -6, 55, -115}, 0.008620982989668846F);
  node.Constant<std::int32_t>({3}, {2651, 2642, 2709});
  const Quantization output = Quantized(0.015440326184034348F, -24);
  node.Input<I8>({2, 3}, std::vector<I8>(6, -24), output);
  node.graph().values.back().is_variable = true;
  node.Input<I16>({2, 2}, std::vector<I16>(4, 0), Quantized(0x1p-15F, 0));
  node.graph().values.back().is_variable = true;
  node.Constant<I16>({2}, {16965, 20963}, Quantized(8.566985343350098e-05F, 0));
  node.Constant<I16>({2}, {29778, 29692}, Quantized(2.078330726362765e-05F, 0));
  node.Constant<I16>({2}, {27881, 25410}, Quantized(2.1726693375967443e-05F, 0));
  node.Constant<I16>({2}, {26919, 16758}, Quantized(2.9199294658610597e-05F, 0));
  node.Output(ElementType::kInt8, output);
  const std::pair<float, int> intermediates[] = {
      {0.012830313295125961F, 4}, {0.031045207753777504F, 15}, {0.01707117073237896F, 6},   {0.014637649059295654F, 9},
      {0.050863344222307205F, 7}, {0.04147007688879967F, -5},  {0.043382078409194946F, 11}, {0.044703491032123566F, 4},
      {0.01283974852412939F, 16}, {0.04501365125179291F, -5},  {0.02481597103178501F, 9},   {0.03395558148622513F, 3}};
  for (const auto& [scale, zero_point] : intermediates) {
    Value value;
    value.type = ElementType::kInt8;
    value.quantization = std::make_shared<const Quantization>(Quantized(scale, zero_point));
    node.graph().values.push_back(std::move(value));
    node.graph().nodes[0].intermediates.push_back(static_cast<ValueId>(node.graph().values.size()) - 1);
  }
  const Status status = node.Run();
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_THAT(node.Result<I8>(), ElementsAre(-24, -24, -24, -24, -24, -24));
  ASSERT_TRUE(node.SetInput<I8>(0, {16, 87}).Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(-24, -24, -24, -28, -17, -34));
  ASSERT_TRUE(node.SetInput<I8>(0, {26, -88}).Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(-24, -24, -24, -31, -12, -42));

  node.graph().nodes[0].inputs[17] = kNoValue;
  EXPECT_THAT(node.Run().ToString(), HasSubstr("needs a normalization and a projection with its bias"));
}

}  // namespace
}  // namespace tfld::engine::lstm
