// The client's options for a worker.
#pragma once

#include "tests/bench/serving/worker.h"
#include "tfld/client.h"

namespace tfld::bench {

inline ClientOptions ClientOptionsOf(const WorkerOptions& worker) {
  ClientOptions options;
  options.runtime_dir = worker.runtime_dir;
  if (worker.transport == "channel") options.transport = TransportChoice::kChannel;
  if (worker.transport == "grpc") options.transport = TransportChoice::kGrpc;
  return options;
}

inline InferOptions InferOptionsOf(const WorkerOptions& worker) {
  InferOptions options;
  if (worker.priority == "critical") options.priority = Priority::kCritical;
  if (worker.priority == "background") options.priority = Priority::kBackground;
  return options;
}

}  // namespace tfld::bench
