// Finds the node that makes a result wrong: runs a model beside a known run of it, node by node.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/golden/golden.h"
#include "engine/tools/trace.h"
#include "tfld/engine.h"

namespace tfld::engine {

// One node beside the known run; of its outputs, and of the times that it ran, the one that is the furthest out.
struct NodeDifference {
  TraceDifference alone;  // with inputs from the known run: the node's own difference
  double allowed = 0.0;   // as AllowedDifference says for one operator
  double drift = 0.0;     // greatest difference in a run where those of the nodes before it carry over
  std::string op;

  bool within() const { return alone.problem.empty() && alone.comparison.max_abs_diff <= allowed; }
};

struct Explanation {
  std::string against;                // what the known run is: "backend reference", "the golden's tensors"
  std::vector<NodeDifference> nodes;  // that ran and could be compared, in the order in which they first ran
  bool parted = false;                // the runs took different ways: only nodes before that are here

  const NodeDifference* FirstOut() const;            // null when every node is within
  std::vector<const NodeDifference*> Worst() const;  // of those that differ at all, the furthest out first
};

// Feeds a session that was reset: fills inputs and runs, as often as it likes. Called for several sessions.
using Feeder = std::function<Status(const Executable&, Session&)>;

// The steps of a golden from `first` to before `end`. The golden must outlive the feeder.
Feeder FeedGolden(const Golden& golden, std::size_t first, std::size_t end);

// Runs `model` with `options` and with `other`, and compares the nodes of the first with those of the second.
// RESOURCE_EXHAUSTED when the contents of all nodes, as often as they run, would not fit into `max_trace_bytes`.
Result<Explanation> ExplainByBackend(const std::shared_ptr<const Model>& model, const ExecutableOptions& options,
                                     Backend other, const Feeder& feed,
                                     std::size_t max_trace_bytes = std::size_t{2} << 30);

// Compares the nodes of the main graph with the tensors of the golden's last step, where its directory has them as
// tensors/<index>.npy. NOT_FOUND when it has none.
Result<Explanation> ExplainByTensors(const std::shared_ptr<const Model>& model, const ExecutableOptions& options,
                                     const Golden& golden);

}  // namespace tfld::engine
