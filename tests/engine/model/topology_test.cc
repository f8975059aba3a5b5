#include "engine/model/topology.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "engine/graph/graph.h"

namespace tfld::engine {
namespace {

// A recurrent operator whose state a node makes of a 16-bit constant first: values 0 constant, 1 state, 2 to 5 the
// operator's other inputs, 6 its output.
Program StateFrom(const std::array<std::byte, 2>& start, OpCode reader) {
  Program program;
  Graph& graph = program.graphs.emplace_back();
  graph.values.resize(7);
  for (Value& value : graph.values) {
    value.shape = {1, 1};
    value.quantization = std::make_shared<const Quantization>();
  }
  graph.values[0].type = ElementType::kFloat16;
  graph.values[0].is_constant = true;
  graph.values[0].data = start;
  graph.values[1].is_variable = true;
  const auto add = [&](OpCode op, std::vector<ValueId> inputs, ValueId output) {
    Node& node = graph.nodes.emplace_back();
    node.op = op;
    node.inputs = std::move(inputs);
    node.outputs = {output};
  };
  add(OpCode::kDequantize, {0}, 1);
  add(reader, {2, 3, 4, 5, 1}, 6);
  graph.inputs = {2, 3, 4, 5};
  graph.outputs = {6};
  return program;
}

TEST(Topology, StateThatBeginsWithZerosIsKept) {
  constexpr std::array<std::byte, 2> kZero{};
  Program program = StateFrom(kZero, OpCode::kRnn);
  ASSERT_TRUE(CheckTopology(program).ok());
  const Graph& graph = program.graphs[0];
  EXPECT_TRUE(graph.values[1].is_variable);
  EXPECT_EQ(graph.nodes[0].outputs[0], 7);
  EXPECT_FALSE(graph.values[7].is_variable);
}

TEST(Topology, OtherVariablesThatANodeWritesFirstAreOrdinary) {
  constexpr std::array<std::byte, 2> kZero{}, kOne{std::byte{0x00}, std::byte{0x3C}};
  for (Program program : {StateFrom(kOne, OpCode::kRnn), StateFrom(kZero, OpCode::kAddN)}) {
    ASSERT_TRUE(CheckTopology(program).ok());
    EXPECT_FALSE(program.graphs[0].values[1].is_variable);
    EXPECT_EQ(program.graphs[0].nodes[0].outputs[0], 1);
  }
}

TEST(Topology, OnlyAnOutputWithoutElementsNeedsNoWriter) {
  for (const bool is_empty : {true, false}) {
    Program program;
    Graph& graph = program.graphs.emplace_back();
    graph.values.resize(2);
    graph.values[0].shape = {2, 3};
    graph.values[1].shape = {2, is_empty ? 0 : 3};
    graph.inputs = {0};
    graph.outputs = {1};
    EXPECT_EQ(CheckTopology(program).ok(), is_empty);
    EXPECT_EQ(graph.values[1].is_constant, is_empty);
  }
}

}  // namespace
}  // namespace tfld::engine
