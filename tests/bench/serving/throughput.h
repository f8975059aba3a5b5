// Requests a second under closed-loop load.
#pragma once

#include "engine/base/result.h"
#include "tests/bench/serving/worker.h"

namespace tfld::bench {

// Of so many clients together, each a process. An error when a request fails.
Result<double> RequestsPerSecond(const WorkerOptions& worker, int clients);

}  // namespace tfld::bench
