// Scheduler: a fixed number of executors, each a thread with its own pool of workers, and one bounded queue before
// them. Executors that have nothing to do wait on the queue and on the watched descriptors alike.
//
// Thread rule: all methods may be called from any thread; Stop once.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "daemon/scheduler/job.h"
#include "daemon/scheduler/job_source.h"

namespace tfld::daemon {

struct SchedulerOptions {
  int executors = 0;             // 0: as many as keep every processor busy that the process may use
  int threads_per_executor = 1;  // inside one inference
  std::size_t queue_capacity = 256;
  // How long an executor may look for work before it sleeps, where that has paid lately; 0: never.
  std::chrono::microseconds spin{20};
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

  // Takes the job until Finish, or refuses it at once and leaves it with the caller: RESOURCE_EXHAUSTED when the queue
  // is full, UNAVAILABLE once Stop has begun. A job that was taken may have finished, and be gone, when this returns. A
  // full queue is first rid of the jobs that would not run any more; they are finished on the calling thread. Allocates
  // nothing for a job that it takes.
  Status Submit(Job& job);

  // Executors call the source when something happens on the descriptor. ALREADY_EXISTS when it is watched; errors of
  // the system, as for a descriptor that cannot be waited on.
  Status Watch(int descriptor, std::shared_ptr<JobSource> source);
  // To be called before the descriptor is closed. No OnReady runs, and none will, when this returns; from within the
  // source's own OnReady it returns at once, and that call is the last. Not to be called with a lock held that OnReady
  // takes.
  void Unwatch(int descriptor);

  // Runs what is queued until `drain_until`, then ends the rest with UNAVAILABLE, and joins the executors. A job that
  // runs at that time runs to its end. Sources are called no more.
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
