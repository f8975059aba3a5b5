// Scheduler: a fixed number of executors, each a thread with its own pool of workers, and one bounded queue before
// them.
//
// Thread rule: all methods may be called from any thread; Stop once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "daemon/scheduler/job.h"

namespace tfld::daemon {

struct SchedulerOptions {
  int executors = 0;             // 0: as many as keep every processor busy that the process may use
  int threads_per_executor = 1;  // inside one inference
  std::size_t queue_capacity = 256;
  // For tests; null for the steady clock. It decides which deadlines have passed and what JobTimes say.
  std::function<SteadyTime()> clock;
};

struct SchedulerStats {
  std::size_t queued = 0;
  int busy = 0;
  int executors = 0;
  std::uint64_t finished = 0;  // jobs that executors have ended since the start
};

class Scheduler {
 public:
  explicit Scheduler(const SchedulerOptions& options);
  ~Scheduler();  // stops

  // Takes the job, or refuses it at once and leaves it with the caller: RESOURCE_EXHAUSTED when the queue is full,
  // UNAVAILABLE once Stop has begun. A job that was taken is finished exactly once. A full queue is first rid of the
  // jobs that would not run any more; they are finished on the calling thread.
  Status Submit(std::unique_ptr<Job>& job);

  // Runs what is queued until `drain_until`, then ends the rest with UNAVAILABLE, and joins the executors. A job that
  // runs at that time runs to its end.
  void Stop(SteadyTime drain_until);

  SchedulerStats stats() const;
  // For ModelInstance::Create.
  const std::vector<std::shared_ptr<engine::ThreadPool>>& pools() const;
  int threads_per_executor() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tfld::daemon
