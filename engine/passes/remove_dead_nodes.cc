#include <algorithm>

#include "engine/passes/passes.h"
#include "engine/passes/uses.h"

namespace tfld::engine {
namespace {

// Operators that do something beside computing their outputs. One that this engine does not know may do anything.
bool HasEffects(const Node& node) {
  switch (node.op) {
    case OpCode::kCustom:
    case OpCode::kCallOnce:
    case OpCode::kAssignVariable:
    case OpCode::kHashtableImport:
    case OpCode::kIf:
    case OpCode::kWhile:
    case OpCode::kCall:
    case OpCode::kStablehloWhile:
    case OpCode::kStablehloCase:
    case OpCode::kStablehloComposite:
    case OpCode::kStablehloCustomCall: return true;
    default: return false;
  }
}

}  // namespace

void RemoveDeadNodes(Graph& graph, std::span<const ValueId> kept) {
  std::vector<int> uses = CountUses(graph, kept);
  // Backwards, so that what only dead nodes read dies with them.
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const auto is_read = [&](ValueId id) { return uses[static_cast<std::size_t>(id)] > 0; };
    // State lives in variables, which are inputs of recurrent operators.
    const auto is_state = [&](ValueId id) { return id != kNoValue && graph.value(id).is_variable; };
    if (node->is_removed || HasEffects(*node) || node->outputs.empty() || std::ranges::any_of(node->outputs, is_read) ||
        std::ranges::any_of(node->inputs, is_state)) {
      continue;
    }
    node->is_removed = true;
    for (const ValueId id : node->inputs) {
      if (id != kNoValue) --uses[static_cast<std::size_t>(id)];
    }
  }
}

}  // namespace tfld::engine
