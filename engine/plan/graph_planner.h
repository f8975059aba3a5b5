// Plans one graph: walks its nodes in order, computes shapes, folds what is constant and prepares a kernel for the
// rest.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/delegate/delegate.h"
#include "engine/plan/plan.h"
#include "engine/plan/plan_builder.h"

namespace tfld::engine {

// A step before memory is laid out.
struct PreparedStep {
  int node = 0;
  std::unique_ptr<Kernel> kernel;
  std::vector<std::size_t> scratch{};
  bool is_view = false;  // the output has the bytes of the first input
};

struct PreparedGraph {
  int source = 0;                                    // the graph of the program that it was made from
  bool is_entered = false;                           // from outside, by the program's inputs
  bool is_called = false;                            // by a node of another graph, or a node of it calls another
  std::vector<std::shared_ptr<const void>> storage;  // of folded constants; first, so that it outlives the kernels
  Graph graph;
  std::vector<PreparedStep> steps;
  std::size_t folded_bytes = 0;
};

// `outcomes` gets one entry a node. Fails only when a node is wrong; nodes that are not supported are in `outcomes`.
Result<PreparedGraph> PrepareGraph(Graph graph, int graph_index, const PlanOptions& options,
                                   std::span<const std::unique_ptr<Delegate>> delegates, GraphCaller& caller,
                                   std::vector<NodeOutcome>& outcomes);

}  // namespace tfld::engine
