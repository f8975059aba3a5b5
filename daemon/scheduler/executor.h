// Executor: one thread that runs jobs of a lane, one after the other or several of a version as one batch; and an
// urgent one in the middle of these, at the border of two operators or where an operator can be interrupted.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

#include "daemon/scheduler/batch.h"
#include "daemon/scheduler/scheduler_core.h"
#include "daemon/scheduler/wakeups.h"
#include "daemon/scheduler/yielding.h"
#include "tfld/engine.h"

namespace tfld::daemon {

class Executor final : public engine::StepObserver {
 public:
  Executor(Scheduler::Impl& core, Lane& lane, int slot)
      : core_(core), lane_(lane), slot_(slot), wakeups_(core.wakeups[static_cast<std::size_t>(lane.first + slot)]) {}

  // Until the scheduler is closed and nothing waits.
  void Loop();

  // While a job that may be preempted runs: before each of its operators and, if it takes long, within them.
  bool BeforeStep(int, int) override;
  void AfterStep(int, int, std::string_view) override {}
  bool Interrupts() const override;
  void WithinStep() override { LookAround(); }

 private:
  using Nanoseconds = std::chrono::nanoseconds;

  // Runs and ends a job that was popped, on the session of the level.
  void Run(Job& job, int level);
  // Until when those that sleep for answers may sleep on, now that the job is over. Under the lock.
  void DecidePatience(const Job& job, SteadyTime ended);
  // The same for those of batch_, at level 0.
  void RunBatch();
  // What runs at level 0 from now on.
  void Begin(const Job& job, Nanoseconds cost, SteadyTime now);
  StepObserver* ObserverFor(const Job& job) { return MayBePreempted(job) ? this : nullptr; }
  bool MayBePreempted(const Job& job) const;
  void LookAround();
  void Listen(SteadyTime now);
  void LookForUrgent();
  Job* PopUrgent();

  Scheduler::Impl& core_;
  Lane& lane_;
  const int slot_;
  Batch batch_;
  Turn turn_;
  Wakeups& wakeups_;
  Courtesy courtesy_;
  const Job* running_ = nullptr;  // that may be preempted
  Nanoseconds cost_{0};           // that it was estimated to take, with what runs along with it
  SteadyTime started_{};          // when it was
  std::uint64_t seen_ = 0;        // of the lane's urgent ones, what has been looked at
  int steps_ = 0;                 // of the job that runs
  SteadyTime listened_{};         // when the last look at channels ended, while a job runs
  Nanoseconds until_next_{0};     // look, from then on, at least
  bool crowded_ = false;          // jobs waited when the last one ended
  // When that was, before its answer; the least time there is when this one has waited for work since.
  SteadyTime answered_ = SteadyTime::min();
  Nanoseconds preempted_{0};  // of the time of the job that runs
};

}  // namespace tfld::daemon
