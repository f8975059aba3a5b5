// The plan builder: Program -> Plan. Shapes are computed, constants folded, a kernel chosen for each node, memory laid
// out.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/delegate/backend.h"
#include "engine/graph/graph.h"
#include "engine/plan/plan.h"

namespace tfld::engine {

struct PlanOptions {
  Backend backend = Backend::kCpu;
  int threads = 1;
  std::size_t max_arena_bytes = 0;
};

// Replaces the shape that the model declares for a graph's input.
struct ShapeOverride {
  int graph = 0;
  ValueId value = kNoValue;
  Shape shape;
};

// What became of a node: the kernel that runs it, or the reason why none does.
struct NodeOutcome {
  int graph = 0;
  int node = 0;
  std::string kernel;  // "folded" when it ran at load, "removed" when a pass took it out
  Status status;
};

// `program` must outlive the plan. Errors: UNIMPLEMENTED lists every operator that is not supported, with node and
// reason; INVALID_ARGUMENT names the node that is wrong; RESOURCE_EXHAUSTED the limit. With `outcomes`, one entry a
// node is added, also when building fails, up to where the shapes are known.
Result<std::shared_ptr<const Plan>> BuildPlan(const Program& program, const PlanOptions& options,
                                              std::span<const ShapeOverride> overrides = {},
                                              std::vector<NodeOutcome>* outcomes = nullptr);

}  // namespace tfld::engine
