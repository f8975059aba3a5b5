// Plans the graphs of a program: those that are entered from outside once each, those that nodes call once a call.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "engine/delegate/delegate.h"
#include "engine/kernels/graph_caller.h"
#include "engine/plan/graph_planner.h"
#include "engine/plan/plan_builder.h"

namespace tfld::engine {

// A signature's outputs keep their memory through the run, like the graph's own inputs and outputs.
std::vector<ValueId> SignatureOutputs(const Program& program, int graph);

class ProgramPlanner final : public GraphCaller {
 public:
  // `program`, `options` and `outcomes` must outlive the planner.
  ProgramPlanner(const Program& program, const PlanOptions& options, std::vector<NodeOutcome>& outcomes);

  // Fails when a node is wrong; nodes that are not supported are in the outcomes.
  Status Run(std::span<const ShapeOverride> overrides);

  // One a graph of the program, in its order, then one a call. A graph that is only called has no nodes at its first
  // place.
  std::vector<PreparedGraph> TakeGraphs() { return std::move(graphs_); }

  const Graph* Find(int graph) const override;
  Result<std::vector<Argument>> Infer(int graph, std::span<const Argument> arguments) override;
  Result<int> Plan(int graph, std::span<const Argument> arguments) override;

 private:
  bool IsEntered(int graph) const;
  Result<PreparedGraph> PrepareEntered(int graph, std::span<const ShapeOverride> overrides);
  Result<PreparedGraph> PrepareCall(int graph, std::span<const Argument> arguments);

  const Program& program_;
  const PlanOptions& options_;
  std::vector<NodeOutcome>& outcomes_;
  std::vector<std::unique_ptr<Delegate>> delegates_;
  std::vector<PreparedGraph> graphs_;
  std::vector<bool> has_outcomes_;  // by graph of the program
  int calls_ = 0;
};

}  // namespace tfld::engine
