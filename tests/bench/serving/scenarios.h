// The scenarios of the benchmarks. Each starts what it needs, measures, and reports figures beside their baselines.
#pragma once

#include "engine/base/status.h"
#include "tests/bench/serving/report.h"

namespace tfld::bench {

struct BenchOptions {
  double seconds = 2;  // of each phase of a scenario
  int swaps = 1000;    // of the swap benchmark
  double soak_seconds = 10;
  int connects = 10'000;
};

// The channel, and what gRPC adds to the bare gRPC echo, in one thread.
Status MeasureOverhead(const BenchOptions& options, Report& report);
Status MeasureEcho(const BenchOptions& options, Report& report);
// Requests a second at 1, 4, 16 and 64 clients, beside the engine alone.
Status MeasureThroughput(const BenchOptions& options, Report& report);
// The same with requests that run together, beside each alone.
Status MeasureBatching(const BenchOptions& options, Report& report);
// What others' load does to a client's latency.
Status MeasureFairness(const BenchOptions& options, Report& report);
// Swaps of the active version under saturation.
Status MeasureSwaps(const BenchOptions& options, Report& report);
// Memory of many clients; what connections and mixed load leave behind.
Status MeasureMemory(const BenchOptions& options, Report& report);

}  // namespace tfld::bench
