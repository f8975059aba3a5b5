// JobQueue: the order in which jobs that wait get their executor, and how many may wait. The scheduler knows only this
// interface, so that another order is another implementation.
//
// Thread rule: none of its own; the scheduler calls it under its lock. Implementations allocate nothing there.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "daemon/scheduler/job.h"

namespace tfld::daemon {

struct QueuedJob {
  std::unique_ptr<Job> job;
  JobTimes times;
};

class JobQueue {
 public:
  virtual ~JobQueue() = default;

  // False when the queue is full; `entry` is left as it was then.
  virtual bool Push(QueuedJob& entry) = 0;
  // The job to run next; nothing when there is none.
  virtual std::optional<QueuedJob> Pop() = 0;
  virtual std::size_t size() const = 0;
  // Moves every job that is cancelled or whose deadline is not after `now` to the end of `dead`.
  virtual void TakeDead(SteadyTime now, std::vector<QueuedJob>& dead) = 0;
};

}  // namespace tfld::daemon
