#include "engine/plan/changing_input.h"

#include <algorithm>

namespace tfld::engine {
namespace {

// Of the data, which is the first input.
bool TakesElementsAsNumbers(const Graph& graph, const Node& node) {
  switch (node.op) {
    case OpCode::kConv2d:
    case OpCode::kDepthwiseConv2d:
    case OpCode::kFullyConnected: {
      // With float data and integer weights the data is looked through for its range first.
      const bool data_is_float = graph.value(node.inputs[0]).type == ElementType::kFloat32;
      return data_is_float == (graph.value(node.inputs[1]).type == ElementType::kFloat32);
    }
    case OpCode::kAveragePool2d:
    case OpCode::kQuantize:
    case OpCode::kDequantize:
    case OpCode::kPad:
    case OpCode::kSlice:
    case OpCode::kStridedSlice:
    case OpCode::kTranspose: return true;
    default: return false;
  }
}

// As its first input, and as nothing else.
bool ReadsAsDataAlone(const Step& step, std::int32_t slot) {
  return !step.slots.empty() && step.slots[0] == slot && std::ranges::count(step.slots, slot) == 1;
}

}  // namespace

bool MayChangeDuringRun(const Plan& plan, int graph, ValueId input) {
  const GraphPlan& entered = plan.graphs[static_cast<std::size_t>(graph)];
  const std::int32_t index = entered.slot_of_value[static_cast<std::size_t>(input)];
  if (index < 0) return false;
  const Slot& slot = plan.slots[static_cast<std::size_t>(index)];
  const Value& value = entered.graph.value(input);
  if (slot.is_dynamic || slot.constant != nullptr || value.is_variable || value.type == ElementType::kBool) {
    return false;
  }
  if (std::ranges::count(entered.slot_of_value, index) != 1 || std::ranges::count(entered.graph.inputs, input) != 1 ||
      std::ranges::count(entered.graph.outputs, input) != 0) {
    return false;
  }
  for (const GraphPlan& of_plan : plan.graphs) {
    for (const Step& step : of_plan.steps) {
      if (std::ranges::find(step.slots, index) == step.slots.end()) continue;
      const Node& node = of_plan.graph.nodes[static_cast<std::size_t>(step.node)];
      if (!ReadsAsDataAlone(step, index) || !TakesElementsAsNumbers(of_plan.graph, node)) return false;
    }
  }
  return true;
}

}  // namespace tfld::engine
