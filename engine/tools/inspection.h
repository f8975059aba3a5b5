// What can be said about a model without running it, also when it cannot be run.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "tfld/engine.h"

namespace tfld::engine {

struct NodeReport {
  int graph = 0;
  int node = 0;
  std::string op;  // "CONV_2D"
  int version = 1;
  std::string types;         // "int8, int8, int32 -> int8"
  std::string kernel;        // where it would run; empty when it does not
  std::string reason;        // why it does not run
  bool unsupported = false;  // false also for a node that was not looked at, because shapes before it are not known
  double operations = 0.0;
};

struct Inspection {
  std::string description;
  std::vector<EntryPoint> entry_points;  // as Executable::entry_points, with the shapes that the model declares
  std::vector<NodeReport> nodes;         // of all graphs, in order
  const Program* program = nullptr;
  std::vector<const Graph*> graphs;  // as planned, or as in the file when it cannot be executed
  Status status;                     // why it cannot be executed; OK when it can
  MemoryUsage memory;                // when it can
  double parameters = 0.0;
  double operations = 0.0;           // of the main graph
  std::shared_ptr<const Plan> plan;  // what `graphs` point into; null when it cannot be executed
};

// INVALID_ARGUMENT only for a signature that is wrong. `model` must outlive the result.
Result<Inspection> Inspect(const Model& model, const ExecutableOptions& options);

}  // namespace tfld::engine
