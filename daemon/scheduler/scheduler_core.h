// What Submit and the executors share.
//
// Thread rule: `mutex` guards what stands below it, the lanes' fields too, and the instances' load. Nothing of a job, a
// source or the system is called under it but Job::cancelled.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "daemon/scheduler/adaptive_spin.h"
#include "daemon/scheduler/policy.h"
#include "daemon/scheduler/poller.h"
#include "daemon/scheduler/quota.h"
#include "daemon/scheduler/refusal.h"
#include "daemon/scheduler/scheduler.h"
#include "daemon/scheduler/wakeups.h"

namespace tfld::daemon {

// Jobs that run on the same processors or on the same device: a policy and its executors.
struct Lane {
  Lane(int index_in_scheduler, int first_executor, int executors_of_it, const PolicyOptions& policy_options)
      : index(index_in_scheduler),
        first(first_executor),
        policy(policy_options),
        running(static_cast<std::size_t>(executors_of_it)) {}

  struct Running {
    bool busy = false;
    PriorityClass priority = PriorityClass::kNormal;
    SteadyTime until{};  // as estimated; later by what has preempted it, and so the next
    SteadyTime since{};
  };

  const int index;
  const int first;  // of its executors, among all
  // Hints, written under the lock: a job waits, or the end; how many have come that may be urgent beside one that ran
  // then; when one was preempted last.
  std::atomic<bool> work{false};
  std::atomic<std::uint64_t> urgent{0};
  std::atomic<SteadyTime> preempted{SteadyTime{}};

  std::condition_variable follow;  // a job for a follower, the leader's place, or the end
  Policy policy;
  std::vector<Running> running;  // by slot
  int busy = 0;
  int followers = 0;
  // When somebody who sleeps looks at what is held (Policy::next_due), as far as is known: the far future for nobody.
  SteadyTime alarm = SteadyTime::max();
};

struct Scheduler::Impl {
  explicit Impl(const SchedulerOptions& resolved);

  enum class Whom : std::uint8_t { kNobody, kLeader, kFollower };

  SteadyTime Now() const { return options.clock(); }
  Lane* LaneOf(const Job& job) const;
  bool drained() const;

  // Idle executors (idle_executors.cc). One of the first lane's is the leader and waits on the poller, at first
  // spinning; the others sleep on a condition and are not disturbed by what happens on descriptors. A leader that finds
  // a job does not wake a follower to take its place when the job is small and it was alone: it is back before a
  // follower would have had use, and small requests of a single client cost no wake-up at all. Otherwise the place is
  // filled when the job begins, or at an operator's border when it turns out to be long.
  void WaitForWork(Lane& lane, std::unique_lock<std::mutex>& lock);
  void Lead(Lane& lane, std::unique_lock<std::mutex>& lock);
  bool MaySpin(const Lane& lane) const;
  // Polls for the calling executor's own next job: what it finds it runs itself.
  bool PollForOwnWork(std::chrono::nanoseconds timeout);
  // For how long the calling executor may sleep, as no job can come to be ready by itself; it is the lane's alarm then.
  std::chrono::nanoseconds SetAlarm(Lane& lane) const;
  // Who should be told that something is held which is due before the alarm.
  Whom WhomToTell(const Lane& lane) const;
  // Who should come now that there is a job that the calling thread does not run; call Rouse with it after unlocking.
  Whom WhomToWake(const Lane& lane) const;
  void Rouse(Lane& lane, Whom whom);

  // What both kinds of Submit are.
  Status Take(Job& job, bool may_run);
  // Guests (guest.cc): whether the one job that waits is for the calling thread, under the lock; and running it there.
  bool IsForGuest(const Lane& lane, const Job& job) const;
  void RunAsGuest(Lane& lane, Job& job);

  // Admission (admission.cc), under the lock.
  Refusal Admit(Lane& lane, Job& job, SteadyTime now, std::vector<Job*>& dead);
  bool MeetsDeadline(const Lane& lane, const Job& job, SteadyTime now) const;
  // Not under the lock. `waiting` is how many jobs waited.
  Status Explain(Refusal refusal, std::size_t waiting, const Job& job) const;
  // What has been popped or taken out is over: accounts are put right. Before Finish.
  void Settle(Lane& lane, Job& job, bool popped, std::chrono::nanoseconds cost, SteadyTime now);
  // A job has come: executors are told to look if it may be urgent beside what they run.
  static void NoteUrgent(Lane& lane, const Job& job, SteadyTime now);
  void UpdateHints(Lane& lane);

  const SchedulerOptions options;
  const int processors;
  std::vector<std::vector<std::shared_ptr<engine::ThreadPool>>> pools;  // by lane, then by slot
  std::vector<std::thread> executors;
  WakeupGroup wakeups;  // by executor
  Poller poller;
  std::atomic<bool> leading{false};  // an executor is the leader; written under the lock
  std::atomic<int> listeners{0};     // followers of the first lane; written under the lock

  mutable std::mutex mutex;
  std::condition_variable idle;  // while draining: an executor became idle
  std::vector<std::unique_ptr<Lane>> lanes;
  Quota quota;
  AdaptiveSpin spin;
  bool leader_sleeping = false;  // needs a wake-up to see a job
  bool draining = false;         // no more jobs are taken
  bool closed = false;           // executors end
  SteadyTime searched{};         // when the queues were last searched for the dead
  std::uint64_t finished = 0;
  std::uint64_t preemptions = 0;
  std::array<std::uint64_t, kRefusals> refused{};
};

// Why a job that is about to start does not; OK when it does.
Status CheckRunnable(const Job& job, SteadyTime now);
// The last that is done with a job.
void End(Job& job, const Status& status, SteadyTime now);

}  // namespace tfld::daemon
