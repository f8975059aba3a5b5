// StallDetector: whether every executor makes progress, for the watchdog. A pure state machine over observations.
#pragma once

#include <algorithm>
#include <chrono>

#include "daemon/scheduler/scheduler.h"

namespace tfld::daemon {

class StallDetector {
 public:
  explicit StallDetector(std::chrono::milliseconds timeout) : timeout_(timeout) {}

  // False when one job has run, or there has been work and no job has ended, for longer than the timeout.
  bool Healthy(const SchedulerStats& stats, SteadyTime now) {
    const bool idle = stats.busy == 0 && stats.queued == 0;
    if (idle || stats.finished != finished_ || !observed_) progress_ = now;
    observed_ = true;
    finished_ = stats.finished;
    return now - std::min(progress_, stats.oldest_start) <= timeout_;
  }

 private:
  std::chrono::milliseconds timeout_;
  std::uint64_t finished_ = 0;
  bool observed_ = false;
  SteadyTime progress_{};
};

}  // namespace tfld::daemon
