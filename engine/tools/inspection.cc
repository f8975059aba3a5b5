#include "engine/tools/inspection.h"

#include <map>

#include "engine/base/str_cat.h"
#include "engine/graph/graph.h"
#include "engine/graph/operation_count.h"
#include "engine/plan/plan_builder.h"
#include "engine/runtime/entry_points.h"
#include "engine/tools/planned_graph.h"

namespace tfld::engine {
namespace {

std::string TypesOf(const Graph& graph, const std::vector<ValueId>& ids) {
  std::string types;
  for (const ValueId id : ids) {
    types += StrCat(types.empty() ? "" : ", ", id == kNoValue ? "none" : ElementTypeName(graph.value(id).type));
  }
  return types;
}

NodeReport ReportOf(const Graph& graph, int graph_index, int node_index) {
  const Node& node = graph.nodes[static_cast<std::size_t>(node_index)];
  return {.graph = graph_index,
          .node = node_index,
          .op = std::string(node.op_name()),
          .version = node.version,
          .types = StrCat(TypesOf(graph, node.inputs), " -> ", TypesOf(graph, node.outputs)),
          .kernel = {},
          .reason = "not reached: shapes before it are not known",
          .unsupported = false,
          .operations = CountOperations(graph, node)};
}

std::vector<NodeReport> ReportsOf(const std::vector<const Graph*>& graphs, const std::vector<NodeOutcome>& outcomes) {
  std::map<std::pair<int, int>, const NodeOutcome*> found;
  for (const NodeOutcome& outcome : outcomes) found[{outcome.graph, outcome.node}] = &outcome;
  std::vector<NodeReport> reports;
  for (int g = 0; g < static_cast<int>(graphs.size()); ++g) {
    const Graph& graph = *graphs[static_cast<std::size_t>(g)];
    for (int n = 0; n < static_cast<int>(graph.nodes.size()); ++n) {
      reports.push_back(ReportOf(graph, g, n));
      const auto outcome = found.find({g, n});
      if (outcome == found.end()) continue;
      const NodeOutcome& known = *outcome->second;
      reports.back().kernel = known.kernel;
      reports.back().unsupported = !known.status.ok();
      if (known.status.ok() && known.kernel.empty()) continue;
      reports.back().reason = known.status.message();
    }
  }
  return reports;
}

}  // namespace

Result<Inspection> Inspect(const Model& model, const ExecutableOptions& options) {
  const Program& program = model.program();
  std::vector<NodeOutcome> outcomes;
  const PlanOptions plan_options{options.backend, options.threads, options.limits.max_arena_bytes};
  const auto plan = BuildPlan(program, plan_options, {}, &outcomes);

  Inspection result;
  std::vector<const Graph*> graphs;
  for (std::size_t i = 0; i < program.graphs.size(); ++i) {
    graphs.push_back(plan.ok() ? &PlannedGraph(program, **plan, static_cast<int>(i)) : &program.graphs[i]);
    result.parameters += CountParameters(program.graphs[i]);
  }
  result.program = &program;
  result.graphs = graphs;
  TFLD_ASSIGN_OR_RETURN(EntryPoints entry_points, MakeEntryPoints(program, graphs));
  result.description = program.description;
  result.entry_points = std::move(entry_points.infos);
  result.status = plan.status();
  result.nodes = ReportsOf(graphs, outcomes);
  for (const NodeReport& node : result.nodes) result.operations += node.graph == 0 ? node.operations : 0.0;
  if (plan.ok()) {
    result.memory = {(*plan)->weight_bytes, (*plan)->packed_bytes, (*plan)->arena_bytes};
    result.plan = *plan;
  }
  return result;
}

}  // namespace tfld::engine
