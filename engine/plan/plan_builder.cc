#include "engine/plan/plan_builder.h"

#include <map>
#include <utility>

#include "engine/base/str_cat.h"
#include "engine/delegate/delegate.h"
#include "engine/passes/passes.h"
#include "engine/plan/graph_planner.h"
#include "engine/plan/slot_allocator.h"

namespace tfld::engine {
namespace {

// Names every operator that is missing once, with the first of its nodes and how many more there are.
Status DescribeUnsupported(const Program& program, const std::vector<NodeOutcome>& outcomes) {
  struct Group {
    std::string first;
    int more = 0;
  };
  std::map<std::string, Group, std::less<>> groups;
  for (const NodeOutcome& outcome : outcomes) {
    if (outcome.status.ok()) continue;
    const Graph& graph = program.graphs[static_cast<std::size_t>(outcome.graph)];
    const std::string_view name = graph.nodes[static_cast<std::size_t>(outcome.node)].op_name();
    const auto [group, inserted] = groups.try_emplace(std::string(name));
    if (inserted) {
      group->second.first =
          StrCat(program.graphs.size() > 1 ? StrCat("subgraph ", outcome.graph, ", ") : "", outcome.status.message());
    } else {
      ++group->second.more;
    }
  }
  if (groups.empty()) return {};
  std::string message = StrCat(groups.size(), groups.size() == 1 ? " operator is" : " operators are", " not supported");
  char separator = ':';
  for (const auto& [name, group] : groups) {
    message += StrCat(separator, " ", group.first, group.more == 0 ? "" : StrCat(" (and ", group.more, " more nodes)"));
    separator = ';';
  }
  return Unimplemented(message);
}

// A signature's tensors keep their memory through the run, like the graph's own inputs and outputs.
std::vector<ValueId> SignatureValues(const Program& program, int graph) {
  std::vector<ValueId> values;
  for (const Signature& signature : program.signatures) {
    if (signature.graph != graph) continue;
    for (const Signature::Entry& entry : signature.outputs) values.push_back(entry.value);
  }
  return values;
}

Graph GraphWithOverrides(const Program& program, int index, std::span<const ShapeOverride> overrides) {
  Graph graph = program.graphs[static_cast<std::size_t>(index)];
  for (const ShapeOverride& override : overrides) {
    if (override.graph == index) graph.value(override.value).shape = override.shape;
  }
  return graph;
}

}  // namespace

Result<std::shared_ptr<const Plan>> BuildPlan(const Program& program, const PlanOptions& options,
                                              std::span<const ShapeOverride> overrides,
                                              std::vector<NodeOutcome>* outcomes) {
  std::vector<NodeOutcome> own_outcomes;
  std::vector<NodeOutcome>& all_outcomes = outcomes != nullptr ? *outcomes : own_outcomes;
  const auto delegates = DelegatesFor(options.backend);

  std::vector<PreparedGraph> prepared;
  for (int index = 0; index < static_cast<int>(program.graphs.size()); ++index) {
    Graph input = GraphWithOverrides(program, index, overrides);
    RunPasses(input, SignatureValues(program, index));
    auto graph = PrepareGraph(std::move(input), index, options, delegates, all_outcomes);
    if (!graph.ok()) {
      return program.graphs.size() == 1 ? graph.status() : graph.status().WithContext(StrCat("subgraph ", index));
    }
    prepared.push_back(std::move(graph).value());
  }
  TFLD_RETURN_IF_ERROR(DescribeUnsupported(program, all_outcomes));

  auto plan = std::make_shared<Plan>();
  for (int index = 0; index < static_cast<int>(prepared.size()); ++index) {
    TFLD_RETURN_IF_ERROR(AddGraph(std::move(prepared[static_cast<std::size_t>(index)]), SignatureValues(program, index),
                                  options.max_arena_bytes, *plan));
  }
  return std::shared_ptr<const Plan>(std::move(plan));
}

}  // namespace tfld::engine
