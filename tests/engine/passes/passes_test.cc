#include "engine/passes/passes.h"

#include <gtest/gtest.h>

namespace tfld::engine {
namespace {

// A graph of float values; nodes are added with their inputs and one output each.
class GraphMaker {
 public:
  ValueId AddValue(ElementType type = ElementType::kFloat32) {
    Value value;
    value.type = type;
    value.shape = Shape{1, 4};
    value.quantization = std::make_shared<Quantization>();
    graph.values.push_back(value);
    return static_cast<ValueId>(graph.values.size()) - 1;
  }
  ValueId AddNode(OpCode op, ValueId input, Attributes attributes = {}, ElementType type = ElementType::kFloat32) {
    Node node;
    node.op = op;
    node.inputs = {input};
    node.outputs = {AddValue(type)};
    node.attributes = std::move(attributes);
    graph.nodes.push_back(node);
    return node.outputs[0];
  }
  Graph graph;
};

TEST(Passes, ActivationMovesIntoItsProducer) {
  GraphMaker maker;
  const ValueId input = maker.AddValue();
  const ValueId conv = maker.AddNode(OpCode::kConv2d, input, Conv2dAttributes{});
  const ValueId relu = maker.AddNode(OpCode::kRelu6, conv);
  maker.graph.inputs = {input};
  maker.graph.outputs = {relu};
  RunPasses(maker.graph, {});
  EXPECT_EQ(std::get<Conv2dAttributes>(maker.graph.nodes[0].attributes).activation, Activation::kRelu6);
  EXPECT_EQ(maker.graph.nodes[0].outputs[0], relu);
  EXPECT_FALSE(maker.graph.nodes[0].is_removed);
  EXPECT_TRUE(maker.graph.nodes[1].is_removed);
}

TEST(Passes, ActivationStaysWhenItsInputIsReadElsewhere) {
  GraphMaker maker;
  const ValueId input = maker.AddValue();
  const ValueId conv = maker.AddNode(OpCode::kConv2d, input, Conv2dAttributes{});
  const ValueId relu = maker.AddNode(OpCode::kRelu, conv);
  maker.graph.inputs = {input};
  maker.graph.outputs = {relu, conv};
  RunPasses(maker.graph, {});
  EXPECT_FALSE(maker.graph.nodes[1].is_removed);
  EXPECT_EQ(std::get<Conv2dAttributes>(maker.graph.nodes[0].attributes).activation, Activation::kNone);
}

TEST(Passes, QuantizedActivationStays) {
  GraphMaker maker;
  const ValueId input = maker.AddValue(ElementType::kInt8);
  const ValueId conv = maker.AddNode(OpCode::kConv2d, input, Conv2dAttributes{}, ElementType::kInt8);
  const ValueId relu = maker.AddNode(OpCode::kRelu, conv, {}, ElementType::kInt8);
  maker.graph.inputs = {input};
  maker.graph.outputs = {relu};
  RunPasses(maker.graph, {});
  EXPECT_FALSE(maker.graph.nodes[1].is_removed);
}

TEST(Passes, ActivationIsNotFusedTwice) {
  GraphMaker maker;
  const ValueId input = maker.AddValue();
  const ValueId conv = maker.AddNode(OpCode::kConv2d, input, Conv2dAttributes{.activation = Activation::kReluN1To1});
  const ValueId relu = maker.AddNode(OpCode::kRelu, conv);
  maker.graph.inputs = {input};
  maker.graph.outputs = {relu};
  RunPasses(maker.graph, {});
  EXPECT_FALSE(maker.graph.nodes[1].is_removed);
}

TEST(Passes, DeadChainsGoAndEffectsStay) {
  GraphMaker maker;
  const ValueId input = maker.AddValue();
  const ValueId live = maker.AddNode(OpCode::kTanh, input);
  maker.AddNode(OpCode::kTanh, maker.AddNode(OpCode::kTanh, input));
  maker.AddNode(OpCode::kCustom, input);
  const ValueId kept = maker.AddNode(OpCode::kTanh, input);
  maker.graph.inputs = {input};
  maker.graph.outputs = {live};
  const std::vector<ValueId> keep = {kept};
  RunPasses(maker.graph, keep);
  std::vector<bool> removed;
  for (const Node& node : maker.graph.nodes) removed.push_back(node.is_removed);
  EXPECT_EQ(removed, (std::vector<bool>{false, true, true, false, false}));
}

}  // namespace
}  // namespace tfld::engine
