// How executors wait for work, and who is woken for it.
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <mutex>

#include "daemon/scheduler/scheduler_core.h"
#include "engine/base/spin_pause.h"

namespace tfld::daemon {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

// The scheduler for which the thread, an executor, polls for its own next job.
thread_local const void* t_looking_for_work = nullptr;

}  // namespace

void Scheduler::Impl::WaitForWork(Lane& lane, std::unique_lock<std::mutex>& lock) {
  const bool listens = lane.index == 0;
  if (listens && !leading) return Lead(lane, lock);
  ++lane.followers;
  if (listens) ++listeners;
  const auto comes = [&] { return closed || lane.policy.ready() > 0 || (listens && !leading); };
  const nanoseconds due = SetAlarm(lane);
  if (due == Poller::kWithoutEnd) {
    lane.follow.wait(lock, comes);
  } else {
    lane.follow.wait_for(lock, due, comes);
  }
  lane.alarm = SteadyTime::max();  // it may have been this one's
  --lane.followers;
  if (listens) --listeners;
}

void Scheduler::Impl::Lead(Lane& lane, std::unique_lock<std::mutex>& lock) {
  leading = true;
  const nanoseconds budget = MaySpin(lane) ? spin.Budget() : nanoseconds(0);
  const auto began = steady_clock::now();
  lock.unlock();
  bool found = false;
  while (!found && steady_clock::now() - began < budget) {
    SpinPause();
    ::sched_yield();  // the client that is to send the next request may be on this very processor
    found = lane.work.load(std::memory_order_relaxed) || (!poller.empty() && PollForOwnWork(nanoseconds(0)));
  }
  lock.lock();
  const bool sleep = !found && lane.policy.ready() == 0 && !closed;
  if (sleep) {
    leader_sleeping = true;
    const nanoseconds due = SetAlarm(lane);
    lock.unlock();
    PollForOwnWork(due);
    lock.lock();
    lane.alarm = SteadyTime::max();
  }
  leading = leader_sleeping = false;
  spin.Record(steady_clock::now() - began, budget);
}

nanoseconds Scheduler::Impl::SetAlarm(Lane& lane) const {
  lane.alarm = lane.policy.next_due();
  return lane.alarm == SteadyTime::max() ? Poller::kWithoutEnd : std::max(lane.alarm - Now(), nanoseconds(0));
}

// One processor stays for whoever is to send the next request.
bool Scheduler::Impl::MaySpin(const Lane& lane) const {
  return (lane.busy + 1) * options.threads_per_executor < processors;
}

bool Scheduler::Impl::PollForOwnWork(nanoseconds timeout) {
  t_looking_for_work = this;
  const Poller::Found found = poller.Poll(timeout);
  t_looking_for_work = nullptr;
  return found.sources > 0 || found.wake_up;
}

Scheduler::Impl::Whom Scheduler::Impl::WhomToWake(const Lane& lane) const {
  if (lane.policy.ready() == 0) return Whom::kNobody;
  const Whom follower = lane.followers > 0 ? Whom::kFollower : Whom::kNobody;
  if (lane.index != 0) return follower;
  if (lane.policy.ready() == 1) {
    if (t_looking_for_work == this) return Whom::kNobody;
    // A leader that is awake sees the first job by itself.
    if (leading) return leader_sleeping ? Whom::kLeader : Whom::kNobody;
  }
  return follower == Whom::kNobody && leading ? Whom::kLeader : follower;
}

// A leader that is awake asks the policy before it sleeps; a follower takes the leader's place where there is none.
Scheduler::Impl::Whom Scheduler::Impl::WhomToTell(const Lane& lane) const {
  if (lane.policy.next_due() >= lane.alarm) return Whom::kNobody;
  if (lane.index == 0 && leading) return leader_sleeping ? Whom::kLeader : Whom::kNobody;
  return lane.followers > 0 ? Whom::kFollower : Whom::kNobody;
}

void Scheduler::Impl::Rouse(Lane& lane, Whom whom) {
  if (whom == Whom::kLeader) poller.Wake();
  if (whom == Whom::kFollower) lane.follow.notify_one();
}

}  // namespace tfld::daemon
