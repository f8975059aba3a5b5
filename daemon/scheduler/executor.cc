// What an executor does: look for the next job, run it, wait.
#include <chrono>
#include <mutex>

#include "daemon/scheduler/scheduler_core.h"

namespace tfld::daemon {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

// A job of at least this much is worth a follower's wake-up, so that somebody listens meanwhile.
constexpr nanoseconds kWorthAFollower{50'000};

// The scheduler for which the thread, an executor, polls for its own next job: what it finds it runs itself.
thread_local const void* t_looking_for_work = nullptr;

inline void Pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  asm volatile("yield");
#endif
}

}  // namespace

Status CheckRunnable(const Job& job, SteadyTime now) {
  if (job.cancelled()) return Cancelled("cancelled before it started");
  if (job.deadline <= now) return DeadlineExceeded("the deadline passed before an executor was free");
  return {};
}

void Scheduler::Impl::ExecutorLoop(int slot) {
  std::unique_lock lock(mutex);
  nanoseconds last_run = kWorthAFollower;  // how long this executor's last job took
  bool waited = true;
  for (;;) {
    Job* job = queue.Pop();
    if (queue.size() == 0 && !closed) work.store(false, std::memory_order_relaxed);
    if (job == nullptr) {
      if (closed) break;
      WaitForWork(lock);
      waited = true;
      continue;
    }
    ++busy;
    auto whom = Whom::kNobody;
    if (queue.size() > 0) {
      whom = WhomToWake();
    } else if (!leading && followers > 0 && (!waited || last_run >= kWorthAFollower)) {
      whom = Whom::kFollower;
    }
    lock.unlock();
    Rouse(whom);
    const auto started = steady_clock::now();
    Run(*job, slot);
    last_run = steady_clock::now() - started;
    // What came by a channel meanwhile is to compete with what is queued.
    t_looking_for_work = this;
    if (!poller.empty()) poller.Poll(0);
    t_looking_for_work = nullptr;
    lock.lock();
    --busy;
    ++finished;
    waited = false;
    if (draining && drained()) idle.notify_all();
  }
  lock.unlock();
  poller.Wake();  // the wake-up of the end, for the next one
}

void Scheduler::Impl::WaitForWork(std::unique_lock<std::mutex>& lock) {
  if (!leading) return Lead(lock);
  ++followers;
  follow.wait(lock, [this] { return closed || queue.size() > 0 || !leading; });
  --followers;
}

void Scheduler::Impl::Lead(std::unique_lock<std::mutex>& lock) {
  leading = true;
  const nanoseconds budget = MaySpin() ? spin.Budget() : nanoseconds(0);
  const auto began = steady_clock::now();
  bool slept = false;
  lock.unlock();
  t_looking_for_work = this;
  bool found = false;
  while (!found && steady_clock::now() - began < budget) {
    Pause();
    found = work.load(std::memory_order_relaxed) || (!poller.empty() && poller.Poll(0));
  }
  if (!found) {
    lock.lock();
    leader_sleeping = slept = queue.size() == 0 && !closed;
    lock.unlock();
    if (slept) poller.Poll(-1);
  }
  t_looking_for_work = nullptr;
  lock.lock();
  leading = leader_sleeping = false;
  spin.Record(steady_clock::now() - began, slept);
}

bool Scheduler::Impl::MaySpin() const {
  // One processor stays for whoever is to send the next request.
  return (busy + 1) * options.threads_per_executor < processors;
}

Scheduler::Impl::Whom Scheduler::Impl::WhomToWake() const {
  if (t_looking_for_work == this && queue.size() == 1) return Whom::kNobody;
  // A leader that is awake sees the first job by itself.
  if (leading && !leader_sleeping && queue.size() == 1) return Whom::kNobody;
  if (leading && leader_sleeping && queue.size() == 1) return Whom::kLeader;
  if (followers > 0) return Whom::kFollower;
  return leading ? Whom::kLeader : Whom::kNobody;
}

void Scheduler::Impl::Rouse(Whom whom) {
  if (whom == Whom::kLeader) poller.Wake();
  if (whom == Whom::kFollower) follow.notify_one();
}

void Scheduler::Impl::Run(Job& job, int slot) {
  const SteadyTime now = Now();
  Status status = CheckRunnable(job, now);
  if (status.ok()) {
    job.ticket.times.started = now;
    status = job.Run(job.instance->session(slot), job.ticket.times);
  }
  End(job, status);
}

void Scheduler::Impl::End(Job& job, const Status& status) const {
  job.ticket.times.finished = Now();
  const JobTimes times = job.ticket.times;  // the job may be gone while Finish still reads them
  job.Finish(status, times);
}

}  // namespace tfld::daemon
