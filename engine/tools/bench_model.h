// Measures one model in this process.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/result.h"
#include "engine/tools/engine_options.h"

namespace tfld::engine {

struct BenchOptions {
  EngineOptions engine;
  double seconds = 1.0;  // of steady runs, after a warm-up of a fifth of it
  std::uint64_t seed = 1;
};

struct BenchResult {
  double load_ms = 0.0;   // from the file to a session that can run
  double first_us = 0.0;  // the first run
  double p50_us = 0.0;
  double min_us = 0.0;
  double p99_us = 0.0;
  std::uint64_t runs = 0;
  double allocations = 0.0;  // on the heap, of all threads, for each steady run
  MemoryUsage memory;
  std::size_t resident_bytes = 0;  // by which the process grew
};

// The process should not have loaded a model before, so that `resident_bytes` is this one's.
Result<BenchResult> BenchModel(const std::string& path, const BenchOptions& options);

}  // namespace tfld::engine
