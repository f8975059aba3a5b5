// Requests a second under closed-loop load.
#pragma once

#include <string>

#include "engine/base/result.h"

namespace tfld::bench {

class BenchDaemon;

struct Load {
  std::string transport{};
  std::string model{};
  int clients = 1;  // processes
  int threads = 1;  // of each
  int slots = 1;    // of a thread: requests under way at a time
  double seconds = 1;
};

// An error when a request fails.
Result<double> RequestsPerSecond(const BenchDaemon& daemon, const Load& load);

}  // namespace tfld::bench
