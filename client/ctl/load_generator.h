// LoadGenerator: calls something from many threads and measures how long each call took.
//
// Closed loop: each client calls again as soon as it has its answer; the load is what the called can bear. Open loop:
// calls begin at times that were fixed beforehand, whether or not earlier ones have been answered, and a latency counts
// from the time at which the call should have begun; so a callee that stalls is charged for all who had to wait.
#pragma once

#include <cstdint>
#include <functional>
#include <random>

#include "client/ctl/latency_counts.h"
#include "engine/base/result.h"

namespace tfld::ctl {

struct Load {
  int clients = 1;             // threads
  double seconds = 5;          // after the warm-up
  std::uint64_t requests = 0;  // end after so many, if that is sooner; 0 for no limit
  double warmup_seconds = 0.5;
  double rate = 0;       // calls a second of all clients together; 0 for a closed loop
  bool uniform = false;  // an open loop's calls begin at equal distances instead of at random (Poisson)
  std::uint64_t seed = 1;
};

struct LoadResult {
  LatencyCounts latencies;  // of calls that succeeded
  std::uint64_t failed = 0;
  Status first_failure;
  double seconds = 0;  // from the first call after the warm-up to the last answer
  double calls_a_second() const { return seconds > 0 ? static_cast<double>(latencies.count()) / seconds : 0; }
};

// One call; of one client, on its thread.
using Call = std::function<Status()>;
// Makes the calls of one client, on its thread.
using MakeCall = std::function<Result<Call>(int client)>;

// Fails when a client or its thread cannot be made, or when its first call fails. A client whose call fails later goes
// on.
Result<LoadResult> RunLoad(const Load& load, const MakeCall& make);

// When the calls of an open loop begin, in seconds after the start.
class ArrivalTimes {
 public:
  ArrivalTimes(double rate, bool uniform, std::uint64_t seed) : rate_(rate), uniform_(uniform), random_(seed) {}
  double Next();

 private:
  const double rate_;
  const bool uniform_;
  std::mt19937_64 random_;
  double last_ = 0;
};

}  // namespace tfld::ctl
