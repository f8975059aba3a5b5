#include "engine/tools/planned_graph.h"

#include <algorithm>

namespace tfld::engine {

const Graph& PlannedGraph(const Program& program, const Plan& plan, int graph) {
  const Graph& in_file = program.graphs[static_cast<std::size_t>(graph)];
  const auto is_it = [&](const GraphPlan& planned) {
    return planned.source == graph && planned.graph.nodes.size() == in_file.nodes.size() &&
           planned.graph.values.size() >= in_file.values.size();
  };
  const auto found = std::ranges::find_if(plan.graphs, is_it);
  return found == plan.graphs.end() ? in_file : found->graph;
}

}  // namespace tfld::engine
