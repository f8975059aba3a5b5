// Requests a second under closed-loop load.
#pragma once

#include <string>

#include "engine/base/result.h"

namespace tfld::bench {

class BenchDaemon;

struct Load {
  std::string transport{};
  std::string model{};
  int clients = 1;    // processes
  int in_flight = 1;  // requests of each at a time
  double seconds = 1;
};

// An error when a request fails.
Result<double> RequestsPerSecond(const BenchDaemon& daemon, const Load& load);

}  // namespace tfld::bench
