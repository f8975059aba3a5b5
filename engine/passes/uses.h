// Who reads the values of a graph.
#pragma once

#include <span>
#include <vector>

#include "engine/graph/graph.h"

namespace tfld::engine {

// For each value, how many times it is read: by nodes that are not removed, as an output of the graph, and by `kept`.
inline std::vector<int> CountUses(const Graph& graph, std::span<const ValueId> kept) {
  std::vector<int> uses(graph.values.size(), 0);
  const auto count = [&uses](ValueId id) {
    if (id != kNoValue) ++uses[static_cast<std::size_t>(id)];
  };
  for (const Node& node : graph.nodes) {
    if (node.is_removed) continue;
    for (const ValueId id : node.inputs) count(id);
  }
  for (const ValueId id : graph.outputs) count(id);
  for (const ValueId id : kept) count(id);
  return uses;
}

}  // namespace tfld::engine
