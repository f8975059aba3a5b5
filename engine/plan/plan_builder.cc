#include "engine/plan/plan_builder.h"

#include <map>
#include <utility>

#include "engine/base/str_cat.h"
#include "engine/plan/offline_plan.h"
#include "engine/plan/program_planner.h"
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

}  // namespace

Result<std::shared_ptr<const Plan>> BuildPlan(const Program& program, const PlanOptions& options,
                                              std::span<const ShapeOverride> overrides,
                                              std::vector<NodeOutcome>* outcomes) {
  std::vector<NodeOutcome> own_outcomes;
  std::vector<NodeOutcome>& all_outcomes = outcomes != nullptr ? *outcomes : own_outcomes;
  ProgramPlanner planner(program, options, all_outcomes);
  TFLD_RETURN_IF_ERROR(planner.Run(overrides));
  TFLD_RETURN_IF_ERROR(DescribeUnsupported(program, all_outcomes));

  auto plan = std::make_shared<Plan>();
  plan->max_dynamic_bytes = options.max_arena_bytes;
  const OfflinePlan offline = ReadOfflinePlan(program);
  plan->offline_fault = offline.fault;
  for (PreparedGraph& prepared : planner.TakeGraphs()) {
    const auto kept = prepared.is_entered ? SignatureOutputs(program, prepared.source) : std::vector<ValueId>();
    // With other shapes, and for each call of a graph, the model's own places would be those of other buffers.
    const bool as_planned = prepared.is_entered && overrides.empty();
    const auto places = as_planned ? std::span(offline.Of(prepared.source)) : std::span<const std::int32_t>();
    TFLD_RETURN_IF_ERROR(AddGraph(std::move(prepared), kept, places, options.max_arena_bytes, *plan));
  }
  return std::shared_ptr<const Plan>(std::move(plan));
}

}  // namespace tfld::engine
