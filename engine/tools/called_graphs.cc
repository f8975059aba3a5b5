#include "engine/tools/graph_drawing.h"

namespace tfld::engine {

std::vector<CalledGraph> CalledGraphs(const Node& node) {
  if (const auto* call = std::get_if<CallOnceAttributes>(&node.attributes))
    return {{call->init_subgraph, "initializer"}};
  return {};
}

}  // namespace tfld::engine
