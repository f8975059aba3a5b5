#include "engine/plan/changing_memory.h"

#include <algorithm>
#include <span>

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

bool GivesElementsAsNumbers(OpCode op) {
  switch (op) {
    case OpCode::kAdd:
    case OpCode::kAveragePool2d:
    case OpCode::kConcatenation:
    case OpCode::kConv2d:
    case OpCode::kDepthwiseConv2d:
    case OpCode::kDequantize:
    case OpCode::kFullyConnected:
    case OpCode::kLogistic:
    case OpCode::kMaxPool2d:
    case OpCode::kMul:
    case OpCode::kPad:
    case OpCode::kQuantize:
    case OpCode::kResizeBilinear:
    case OpCode::kSlice:
    case OpCode::kSoftmax:
    case OpCode::kStridedSlice:
    case OpCode::kTanh:
    case OpCode::kTranspose:
    case OpCode::kTransposeConv: return true;
    default: return false;
  }
}

// The slot of an input or output, once, whose memory is its own and has a known size; -1 for any other.
std::int32_t OwnSlot(const Plan& plan, int graph, ValueId id) {
  const GraphPlan& entered = plan.graphs[static_cast<std::size_t>(graph)];
  if (std::ranges::count(entered.graph.inputs, id) + std::ranges::count(entered.graph.outputs, id) != 1) return -1;
  const std::int32_t index = entered.slot_of_value[static_cast<std::size_t>(id)];
  if (index < 0) return -1;
  const Slot& slot = plan.slots[static_cast<std::size_t>(index)];
  const Value& value = entered.graph.value(id);
  if (slot.is_dynamic || slot.constant != nullptr || value.is_variable || value.type == ElementType::kBool) return -1;
  return std::ranges::count(entered.slot_of_value, index) == 1 ? index : -1;
}

// Whether `uses`(graph, step) holds for every step that has anything to do with the slot.
template <typename Uses>
bool EveryUse(const Plan& plan, std::int32_t slot, const Uses& uses) {
  return std::ranges::all_of(plan.graphs, [&](const GraphPlan& of_plan) {
    return std::ranges::all_of(of_plan.steps, [&](const Step& step) {
      const auto times = std::ranges::count(step.slots, slot);
      return times == 0 || (times == 1 && uses(of_plan.graph, step));
    });
  });
}

const Node& NodeOf(const Graph& graph, const Step& step) { return graph.nodes[static_cast<std::size_t>(step.node)]; }

}  // namespace

bool InputMayChange(const Plan& plan, int graph, ValueId input) {
  const std::int32_t slot = OwnSlot(plan, graph, input);
  return slot >= 0 && EveryUse(plan, slot, [slot](const Graph& of_step, const Step& step) {
           return step.slots.front() == slot && TakesElementsAsNumbers(of_step, NodeOf(of_step, step));
         });
}

bool OutputMayChange(const Plan& plan, int graph, ValueId output) {
  const std::int32_t slot = OwnSlot(plan, graph, output);
  return slot >= 0 && EveryUse(plan, slot, [slot](const Graph& of_step, const Step& step) {
           const auto inputs = std::span(step.slots).first(static_cast<std::size_t>(step.num_inputs));
           return std::ranges::find(inputs, slot) == inputs.end() && GivesElementsAsNumbers(NodeOf(of_step, step).op);
         });
}

}  // namespace tfld::engine
