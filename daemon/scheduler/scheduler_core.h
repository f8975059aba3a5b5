// What Submit and the executors share.
//
// Thread rule: `mutex` guards what stands below it. Nothing of a job, a source or the system is called under it but
// Job::cancelled.
//
// Idle executors: one of them, the leader, waits on the poller, at first spinning; the others sleep on a condition and
// are not disturbed by what happens on descriptors. A leader that finds a job does not wake a follower to take its
// place when the job is small and it was alone: it is back before a follower would have had use, and small requests of
// a single client cost no wake-up at all. Otherwise the place is filled when the job begins.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "daemon/scheduler/adaptive_spin.h"
#include "daemon/scheduler/job_queue.h"
#include "daemon/scheduler/poller.h"
#include "daemon/scheduler/scheduler.h"

namespace tfld::daemon {

struct Scheduler::Impl {
  explicit Impl(const SchedulerOptions& resolved);

  enum class Whom : std::uint8_t { kNobody, kLeader, kFollower };

  SteadyTime Now() const { return options.clock(); }
  void ExecutorLoop(int slot);
  void WaitForWork(std::unique_lock<std::mutex>& lock);
  void Lead(std::unique_lock<std::mutex>& lock);
  bool SpinForWork();
  bool MaySpin() const;
  // Who should come now that there is a job that the calling thread does not run; call Rouse with it after unlocking.
  Whom WhomToWake() const;
  void Rouse(Whom whom);
  void Run(Job& job, int slot);
  void End(Job& job, const Status& status) const;
  bool drained() const { return queue.size() == 0 && busy == 0; }

  const SchedulerOptions options;
  const int processors;
  std::vector<std::shared_ptr<engine::ThreadPool>> pools;
  std::vector<std::thread> executors;
  Poller poller;
  std::atomic<bool> work{false};  // a job waits, or the end: written under the lock, read by the leader that spins

  mutable std::mutex mutex;
  std::condition_variable follow;  // a job for a follower, the leader's place, or the end
  std::condition_variable idle;    // while draining: an executor became idle
  JobQueue queue;
  AdaptiveSpin spin;
  int busy = 0;
  int followers = 0;
  bool leading = false;          // an executor is the leader
  bool leader_sleeping = false;  // and needs a wake-up to see a job
  bool draining = false;         // no more jobs are taken
  bool closed = false;           // executors end
  std::uint64_t finished = 0;
};

// Why a job that is about to start does not; OK when it does.
Status CheckRunnable(const Job& job, SteadyTime now);

}  // namespace tfld::daemon
