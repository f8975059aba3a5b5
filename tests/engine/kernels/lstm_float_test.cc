// LSTM and its sequences in float, also with small weights, against the formula: every option.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/kernels/lstm_formula.h"

namespace tfld::engine::lstm {
namespace {

using ::testing::HasSubstr;

TEST(SequenceLstm, FloatHasEveryOption) {
  std::vector<Options> all = AllOptions();
  all.push_back({.diagonal = true});
  for (const Options& options : all) {
    Cell cell(options);
    const Reals x = cell.Make(kSteps * kBatches * kInputs);
    TestNode node = FloatSequence(cell, x);
    const Status status = node.Run();
    ASSERT_TRUE(status.ok()) << status.ToString();
    ExpectNear<float>(node, Expected(cell, x), 1e-5);
  }
}

TEST(SequenceLstm, SmallWeightsAreNearFloat) {
  const Kind kind{.weight_scale = 1.0 / 64};
  for (const Options& options : AllOptions()) {
    for (const bool asymmetric : {false, true}) {
      Cell cell(options);
      const Reals x = cell.Make(kSteps * kBatches * kInputs);
      TestNode node = Sequence<float, std::int8_t, float, std::int8_t, float>(cell, x, kind, asymmetric);
      const Status status = node.Run();
      ASSERT_TRUE(status.ok()) << status.ToString();
      ExpectNear<float>(node, Expected(cell, x), options.norm ? 0.1 : 0.02);
    }
  }
}

TEST(SequenceLstm, StateGoesOnInTheNextRun) {
  Cell cell({});
  const Reals x = cell.Make(kSteps * kBatches * kInputs);
  TestNode node = FloatSequence(cell, x);
  ASSERT_TRUE(node.Run().ok());
  const std::vector<float> first = node.Result<float>();
  ASSERT_TRUE(node.Run().ok());
  EXPECT_NE(node.Result<float>(), first);
}

TEST(SequenceLstm, RefusesWhatDoesNotFit) {
  const auto message = [](const Options& options, auto change) {
    Cell cell(options);
    TestNode node = FloatSequence(cell, cell.Make(kSteps * kBatches * kInputs));
    change(node.graph(), node.graph().nodes[0].inputs);
    return node.Run().ToString();
  };
  using Inputs = std::vector<ValueId>;
  EXPECT_THAT(message({}, [](Graph&, Inputs& inputs) { inputs.resize(21); }), HasSubstr("has 21 inputs; expected 20"));
  EXPECT_THAT(message({}, [](Graph& graph, Inputs& inputs) { graph.value(inputs[18]).is_variable = false; }),
              HasSubstr("input 18 is state and must be a variable tensor"));
  EXPECT_THAT(message({},
                      [](Graph& graph, Inputs& inputs) {
                        graph.value(inputs[19]).shape = {1, 1};
                      }),
              HasSubstr("expected 8 elements"));
  EXPECT_THAT(message({}, [](Graph&, Inputs& inputs) { inputs[1] = kNoValue; }),
              HasSubstr("the input gate has no weights, but recurrent weights or a bias"));
  EXPECT_THAT(message({}, [](Graph&, Inputs& inputs) { inputs[13] = kNoValue; }),
              HasSubstr("the forget gate lacks its weights"));
  EXPECT_THAT(message({.peephole = true}, [](Graph&, Inputs& inputs) { inputs[10] = kNoValue; }),
              HasSubstr("the forget gate differs in its peephole weights"));
  EXPECT_THAT(message({.norm = true}, [](Graph&, Inputs& inputs) { inputs[22] = kNoValue; }),
              HasSubstr("the cell gate differs in its normalization"));
  EXPECT_THAT(message({.projection = true}, [](Graph&, Inputs& inputs) { inputs[16] = kNoValue; }),
              HasSubstr("there is a projection bias but no projection"));
  EXPECT_THAT(message({.projection = true}, [](Graph&, Inputs& inputs) { inputs[16] = inputs[17] = kNoValue; }),
              HasSubstr("4 cells for 2 outputs need a projection"));
  EXPECT_THAT(message({}, [](Graph& graph, Inputs& inputs) { graph.value(inputs[6]).shape = {16}; }),
              HasSubstr("has shape [16]; expected [4]"));
  EXPECT_THAT(message({}, [](Graph&, Inputs& inputs) { inputs[4] = kNoValue; }),
              HasSubstr("the output gate has no weights"));
}

TEST(Lstm, IsOneStep) {
  Cell cell({.time_major = true});
  const Reals x = cell.Make(kBatches * kInputs);
  TestNode node(OpCode::kLstm, LstmAttributes{.activation = Activation::kTanh});
  node.Input<float>({kBatches, kInputs}, Stored<float>(x, 1));
  AddWeights<float, float, float>(node, cell, {});
  AddState<float, float>(node, cell.options, {});
  node.Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({kBatches, kCells}));
  Reals expected;
  for (std::size_t batch = 0; batch < kBatches; ++batch) {
    Reals h(kCells), c(kCells);
    cell.Step(&x[batch * kInputs], nullptr, h, c);
    expected.insert(expected.end(), h.begin(), h.end());
  }
  ExpectNear<float>(node, expected, 1e-5);
}

// aux_input: there is one; aux_weights: the cells have weights for it.
TestNode Bidirectional(const Cell& forward, const Cell& backward, const Reals& x, const Reals* aux, bool merge) {
  TestNode node(OpCode::kBidirectionalSequenceLstm,
                LstmAttributes{.activation = Activation::kTanh, .time_major = true, .merge_outputs = merge});
  node.Input<float>({kSteps, kBatches, kInputs}, Stored<float>(x, 1));
  for (const Cell* cell : {&forward, &backward}) AddWeights<float, float, float>(node, *cell, {});
  for (const Cell* cell : {&forward, &backward}) AddState<float, float>(node, cell->options, {});
  aux != nullptr ? node.Input<float>({kSteps, kBatches, kInputs}, Stored<float>(*aux, 1)) : node.NoInput();
  for (const Cell* cell : {&forward, &backward}) {
    for (const Reals& weights : cell->aux) {
      cell->options.aux ? node.Constant<float>({kCells, kInputs}, Stored<float>(weights, 1)) : node.NoInput();
    }
  }
  node.Output(ElementType::kFloat32);
  if (!merge) node.Output(ElementType::kFloat32);
  return node;
}

TEST(BidirectionalSequenceLstm, AuxiliaryInputs) {
  for (const bool has_aux : {false, true}) {
    for (const bool has_weights : {false, true}) {
      if (has_weights && !has_aux) continue;
      const Options options{.aux = has_weights, .time_major = true};
      Cell forward(options), backward(options, 2);
      const Reals x = forward.Make(kSteps * kBatches * kInputs), aux = forward.Make(x.size());
      TestNode node = Bidirectional(forward, backward, x, has_aux ? &aux : nullptr, false);
      const Status status = node.Run();
      ASSERT_TRUE(status.ok()) << status.ToString();
      ExpectNear<float>(node, Expected(forward, x, aux), 1e-5);
      ExpectNear<float>(node, Expected(backward, has_aux && !has_weights ? aux : x, aux, true), 1e-5, {}, 1);
    }
  }
}

TEST(BidirectionalSequenceLstm, MergesOutputsOfDifferentWidths) {
  Cell forward({.time_major = true}), backward({.projection = true, .time_major = true}, 2);
  const Reals x = forward.Make(kSteps * kBatches * kInputs);
  TestNode node = Bidirectional(forward, backward, x, nullptr, true);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({kSteps, kBatches, 6}));
  const Reals first = Expected(forward, x), second = Expected(backward, x, {}, true);
  Reals expected;
  for (std::ptrdiff_t row = 0; row < kSteps * kBatches; ++row) {
    expected.insert(expected.end(), first.begin() + row * 4, first.begin() + row * 4 + 4);
    expected.insert(expected.end(), second.begin() + row * 2, second.begin() + row * 2 + 2);
  }
  ExpectNear<float>(node, expected, 1e-5);
}

TEST(BidirectionalSequenceLstm, RefusesCellsOfDifferentTypes) {
  const Options options{.time_major = true};
  Cell cell(options);
  TestNode node = Bidirectional(cell, cell, cell.Make(kSteps * kBatches * kInputs), nullptr, false);
  node.graph().value(node.graph().nodes[0].inputs[21]).type = ElementType::kInt8;
  EXPECT_EQ(node.Run().code(), StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace tfld::engine::lstm
