// The client's options for a worker.
#pragma once

#include "tests/bench/serving/worker.h"
#include "tfld/client.h"

namespace tfld::bench {

inline ClientOptions ClientOptionsOf(const WorkerOptions& worker) {
  ClientOptions options;
  options.runtime_dir = worker.runtime_dir;
  return options;
}

inline InferOptions InferOptionsOf(const WorkerOptions&) { return {}; }

}  // namespace tfld::bench
