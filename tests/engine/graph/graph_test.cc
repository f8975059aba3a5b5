#include <gtest/gtest.h>

#include "engine/graph/printer.h"

namespace tfld::engine {
namespace {

TEST(OpCode, NamesAreTheFormats) {
  EXPECT_EQ(OpCodeName(OpCode::kConv2d), "CONV_2D");
  EXPECT_EQ(OpCodeName(OpCode::kStablehloCase), "STABLEHLO_CASE");
  EXPECT_EQ(static_cast<int>(OpCode::kStablehloCase), kOpCodeCount - 1);
  EXPECT_EQ(OpCodeName(static_cast<OpCode>(kOpCodeCount)), "UNKNOWN");
}

TEST(Printer, NamesNodesAndTensors) {
  Graph graph;
  Value value;
  value.name = "samples";
  value.type = ElementType::kInt8;
  value.shape = Shape{1, 3};
  graph.values = {value, value};
  graph.values[1].name = "";
  Node node;
  node.op = OpCode::kRelu;
  node.inputs = {0, kNoValue};
  node.outputs = {1};
  graph.nodes = {node};
  graph.inputs = {0};
  graph.outputs = {1};
  EXPECT_EQ(DescribeValue(graph, 0), "tensor 0 (samples) int8 [1, 3]");
  EXPECT_EQ(DescribeValue(graph, kNoValue), "no tensor");
  EXPECT_EQ(DescribeNode(graph, 0), "node 0 (RELU)");
}

}  // namespace
}  // namespace tfld::engine
