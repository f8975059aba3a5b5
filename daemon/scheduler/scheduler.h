// Scheduler: a fixed number of executors, each a thread with its own pool of workers, and one bounded queue before
// them. Executors that have nothing to do wait on the queue and on the watched descriptors alike.
//
// Thread rule: all methods may be called from any thread; Stop once.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "daemon/scheduler/job.h"
#include "daemon/scheduler/job_source.h"
#include "daemon/scheduler/quota.h"
#include "daemon/scheduler/refusal.h"

namespace tfld::daemon {

struct SchedulerOptions {
  int executors = 0;             // 0: as many as keep every processor busy that the process may use
  int threads_per_executor = 1;  // inside one inference
  // Queues of devices, such as GPUs, beside the processors'; each has an executor of its own. An instance says which of
  // them runs it: 0 is the processors', 1 the first device's.
  int devices = 0;
  std::size_t queue_capacity = 256;  // jobs that wait, in each queue,
  std::size_t queue_per_client = 0;  // of these, of one client; 0: no bound of its own
  std::size_t queue_per_model = 0;   // of these, of one model version; 0: no bound of its own
  QuotaOptions quota;
  // An urgent job (Policy::PopUrgent) that comes while another runs runs in the middle of it, at the border of two
  // operators, if its instance has sessions of a second level.
  bool preemption = true;
  // The processors that the executors run on, in their order; begun anew when there are fewer entries. Empty, or an
  // empty entry, leaves it to the system, as does a set that the system refuses. Not for those of devices.
  std::vector<std::vector<int>> affinity;
  // How long an executor may look for work before it sleeps, where that has paid lately; 0: never.
  std::chrono::microseconds spin{20};
  // For tests; null for the steady clock. It decides which deadlines have passed and what JobTimes say.
  std::function<SteadyTime()> clock;
};

struct SchedulerStats {
  std::size_t queued = 0;
  std::array<std::size_t, kPriorityClasses> queued_by_class{};
  int busy = 0;
  int executors = 0;
  // When the oldest of the jobs that executors run was started, less what has preempted it; the far future for none.
  SteadyTime oldest_start = SteadyTime::max();
  std::uint64_t finished = 0;  // jobs that executors have ended since the start; those that preempt do not count
  std::uint64_t preemptions = 0;
  std::array<std::uint64_t, kRefusals> refused{};  // by Refusal
};

class Scheduler {
 public:
  explicit Scheduler(const SchedulerOptions& options);
  ~Scheduler();  // stops

  // Takes the job until Finish, or refuses it at once and leaves it with the caller:
  //   RESOURCE_EXHAUSTED  a queue is full, or the user's quota is used up; the message names the limit
  //   DEADLINE_EXCEEDED   the deadline cannot be met, by what the model has cost so far and what waits before the job
  //   UNAVAILABLE         Stop has begun
  //   INTERNAL            the instance is for a queue that there is not
  // A job that was taken may have finished, and be gone, when this returns. A job that asks for a higher class than its
  // user may have gets the highest of these. A full queue is first rid of jobs that would not run any more; they are
  // finished on the calling thread. Allocates nothing for a job that it takes.
  Status Submit(Job& job);

  // The same, but a job that is small by what its version has cost so far runs at once on the calling thread, as a
  // guest beside the executors, if one of these is idle and nothing waits: that saves the way to another thread and
  // back.
  Status SubmitOrRun(Job& job);

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
  const std::vector<std::shared_ptr<engine::ThreadPool>>& pools(int queue = 0) const;
  int threads_per_executor() const;
  int levels() const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace tfld::daemon
