#include <optional>
#include <type_traits>
#include <variant>

#include "engine/passes/passes.h"
#include "engine/passes/uses.h"

namespace tfld::engine {
namespace {

std::optional<Activation> ActivationOf(const Node& node) {
  switch (node.op) {
    case OpCode::kRelu: return Activation::kRelu;
    case OpCode::kRelu6: return Activation::kRelu6;
    case OpCode::kReluN1To1: return Activation::kReluN1To1;
    default: return std::nullopt;
  }
}

// The place for a fused activation in the options of a node; null for an operator that takes none.
Activation* FusedActivation(Node& node) {
  return std::visit(
      [](auto& attributes) -> Activation* {
        using T = std::decay_t<decltype(attributes)>;
        constexpr bool kTakesOne = std::is_same_v<T, Conv2dAttributes> ||
                                   std::is_same_v<T, DepthwiseConv2dAttributes> ||
                                   std::is_same_v<T, Pool2dAttributes> || std::is_same_v<T, FullyConnectedAttributes>;
        if constexpr (kTakesOne) return &attributes.activation;
        return nullptr;
      },
      node.attributes);
}

// Which node writes each value, -1 for none.
std::vector<int> Producers(const Graph& graph) {
  std::vector<int> producers(graph.values.size(), -1);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId id : graph.nodes[i].outputs) producers[static_cast<std::size_t>(id)] = static_cast<int>(i);
  }
  return producers;
}

}  // namespace

void FuseActivations(Graph& graph, std::span<const ValueId> kept) {
  const std::vector<int> uses = CountUses(graph, kept);
  const std::vector<int> producers = Producers(graph);
  for (Node& node : graph.nodes) {
    const auto activation = ActivationOf(node);
    if (!activation || node.inputs.size() != 1 || node.outputs.size() != 1 || node.inputs[0] == kNoValue) continue;
    const auto input = static_cast<std::size_t>(node.inputs[0]);
    if (producers[input] < 0 || uses[input] != 1) continue;
    const auto is_float = [&](ValueId id) { return graph.value(id).type == ElementType::kFloat32; };
    Node& producer = graph.nodes[static_cast<std::size_t>(producers[input])];
    Activation* fused = FusedActivation(producer);
    if (fused == nullptr || *fused != Activation::kNone || !is_float(node.inputs[0]) || !is_float(node.outputs[0]))
      continue;
    // The operator writes its result where the activation did; it has no output beside that one.
    if (producer.outputs.size() != 1) continue;
    *fused = *activation;
    producer.outputs[0] = node.outputs[0];
    node.is_removed = true;
  }
}

}  // namespace tfld::engine
