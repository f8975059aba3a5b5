#include "daemon/scheduler/executor.h"

#include <algorithm>

namespace tfld::daemon {
namespace {

using std::chrono::nanoseconds;

// A job of at least this much is worth a follower's wake-up, so that somebody listens meanwhile. During a smaller one
// the executor itself looks often enough; and a follower that spins would take the processor of the client that waits.
// But a job that was asked for while the last one ran shows that there is work for two.
constexpr nanoseconds kWorthAFollower{200'000};
// A job of less than this is over soon enough not to be interrupted within an operator. Nor is any while nothing urgent
// has come for a while: the looks cost a large model some 4 % of its throughput.
constexpr nanoseconds kWorthInterrupting{200'000};
constexpr std::chrono::seconds kWhile{10};
// A job of less than this looks around at one of so many operators only: to ask for the time at each costs a small
// model 1 % of its throughput, and the next job comes soon enough.
constexpr nanoseconds kWorthManyLooks{100'000};
constexpr int kStepsPerLook = 4;
// How often a busy executor looks whether a channel has something urgent; less often where a look takes long, so that
// whoever rings without end does not get all the time of jobs that run.
constexpr nanoseconds kBetweenLooks{20'000};
constexpr nanoseconds kMostBetweenLooks{500'000};
constexpr int kWorkPerLook = 3;
// By how much of the time that an answer took its client may be woken later, and the most. A client that has more
// requests waiting, and others too, so that executors do not wait for its next, can do with fewer wake-ups.
constexpr int kPatienceShare = 4;
constexpr int kPatienceShareOfMany = 2;
constexpr nanoseconds kLongestPatience{2'000'000};

}  // namespace

Status CheckRunnable(const Job& job, SteadyTime now) {
  if (job.cancelled()) return Cancelled("cancelled before it started");
  if (job.deadline <= now) return DeadlineExceeded("the deadline passed before an executor was free");
  return {};
}

void End(Job& job, const Status& status, SteadyTime now) {
  job.ticket.times.finished = now;
  const JobTimes times = job.ticket.times;  // the job may be gone while Finish still reads them
  job.Finish(status, times);
}

void Executor::Loop() {
  YieldToWakingThreads();
  wakeups_.Enter();
  std::unique_lock lock(core_.mutex);
  for (;;) {
    const SteadyTime now = core_.Now();
    Job* job = lane_.policy.Pop(now, &turn_);
    if (job == nullptr) {
      core_.UpdateHints(lane_);
      if (core_.closed) break;
      if (!wakeups_.resting()) {
        lock.unlock();
        wakeups_.Rest();
        lock.lock();
        continue;
      }
      core_.WaitForWork(lane_, lock);
      answered_ = SteadyTime::min();
      continue;
    }
    ++lane_.busy;
    seen_ = lane_.urgent.load(std::memory_order_relaxed);
    batch_.Take(*job, lane_.policy, static_cast<int>(lane_.running.size()) - lane_.busy, turn_);
    core_.UpdateHints(lane_);
    const nanoseconds cost = batch_.cost();
    auto whom = Scheduler::Impl::Whom::kNobody;
    if (lane_.policy.ready() > 0) {
      whom = core_.WhomToWake(lane_);
    } else if (!core_.leading && (job->posted < answered_ || cost == nanoseconds(0) || cost >= kWorthAFollower)) {
      whom = Scheduler::Impl::Whom::kFollower;
    } else {
      whom = core_.WhomToTell(lane_);
    }
    lane_.running[static_cast<std::size_t>(slot_)] = {true, job->priority, now + cost, now};
    lock.unlock();
    core_.Rouse(lane_, whom);
    wakeups_.WorkUntil(cost > nanoseconds(0) ? now + cost : SteadyTime::max());
    if (batch_.size() > 1) {
      RunBatch();
    } else {
      Run(*job, 0);
    }
    if (wakeups_.TakeAwake() && !crowded_) courtesy_.Yield();
    // What came by a channel meanwhile is to compete with what is queued.
    if (lane_.index == 0 && !core_.poller.empty()) core_.PollForOwnWork(nanoseconds(0));
    lock.lock();
    --lane_.busy;
    lane_.running[static_cast<std::size_t>(slot_)].busy = false;
    core_.finished += batch_.size();
    if (core_.draining && core_.drained()) core_.idle.notify_all();
  }
  lock.unlock();
  wakeups_.Leave();
  core_.poller.Wake();  // the wake-up of the end, for the next one
}

void Executor::Run(Job& job, int level) {
  const SteadyTime started = core_.Now();
  Status status = CheckRunnable(job, started);
  SteadyTime ended = started;
  nanoseconds cost{0};
  if (status.ok()) {
    engine::Session& session = job.instance->session(slot_, level);
    if (level == 0) Begin(job, job.ticket.cost, started);
    session.SetObserver(level == 0 ? ObserverFor(job) : nullptr);
    job.ticket.times.started = started;
    status = job.Run(session, job.ticket.times);
    session.SetObserver(nullptr);
    ended = core_.Now();
    if (level == 0) answered_ = ended;
    cost = ended - started - (level == 0 ? preempted_ : nanoseconds(0));
    if (status.ok()) job.instance->cost().Add(cost);
  }
  auto whom = Scheduler::Impl::Whom::kNobody;
  {
    std::lock_guard lock(core_.mutex);
    core_.Settle(lane_, job, true, cost, ended);
    if (level == 0) {
      DecidePatience(job, ended);
    } else {
      wakeups_.KeepUntil(SteadyTime::min());
      Lane::Running& preempted = lane_.running[static_cast<std::size_t>(slot_)];
      preempted.since += ended - started;
      preempted.until += ended - started;
    }
    // What waited for this one's model is not for this executor, which goes on with what it preempted.
    if (level > 0 && lane_.policy.ready() > 0) whom = core_.WhomToWake(lane_);
  }
  core_.Rouse(lane_, whom);
  End(job, status, ended);
}

void Executor::DecidePatience(const Job& job, SteadyTime ended) {
  crowded_ = lane_.policy.ready() > 0;
  const bool waits = crowded_ && job.priority != PriorityClass::kCritical;
  const bool has_others = job.ticket.flow->waiting > 0 && lane_.policy.ready() > lane_.running.size();
  const int share = has_others ? kPatienceShareOfMany : kPatienceShare;
  const auto patience = std::min<nanoseconds>((ended - job.ticket.times.queued) / share, kLongestPatience);
  wakeups_.KeepUntil(waits ? ended + patience : SteadyTime::min());
}

bool Executor::MayBePreempted(const Job& job) const {
  return core_.options.preemption && job.priority != PriorityClass::kCritical;
}

void Executor::Begin(const Job& job, nanoseconds cost, SteadyTime now) {
  preempted_ = nanoseconds(0);
  running_ = &job;
  steps_ = 0;
  cost_ = cost;
  started_ = listened_ = now;
}

void Executor::RunBatch() {
  const SteadyTime started = core_.Now();
  Begin(batch_.leader(), batch_.cost(), started);
  const bool together = batch_.Run(slot_, ObserverFor(batch_.leader()), started, core_.options.clock);
  const SteadyTime ended = core_.Now();
  answered_ = ended;
  const nanoseconds share = (ended - started - preempted_) / static_cast<std::int64_t>(batch_.size());
  // What one takes alone is learned from those that run alone; until there is one this is the best guess.
  ModelInstance& instance = *batch_.leader().instance;
  if (instance.cost().mean() == nanoseconds(0)) instance.cost().Add(share);
  if (together) instance.row_cost().Add(share);
  {
    std::lock_guard lock(core_.mutex);
    for (Job* job : batch_.jobs()) core_.Settle(lane_, *job, true, share, ended);
    DecidePatience(batch_.leader(), ended);
  }
  batch_.EndAll(ended);
}

bool Executor::BeforeStep(int, int) {
  const bool has_few_looks = cost_ > nanoseconds(0) && cost_ < kWorthManyLooks;
  if (!has_few_looks || ++steps_ % kStepsPerLook == 0) {
    LookAround();
  } else {
    LookForUrgent();
  }
  return true;
}

bool Executor::Interrupts() const {
  if (cost_ > nanoseconds(0) && cost_ < kWorthInterrupting) return false;
  return core_.Now() - lane_.preempted.load(std::memory_order_relaxed) < kWhile;
}

void Executor::LookAround() {
  const bool listens = lane_.index == 0 && !core_.poller.empty();
  if (listens || !wakeups_.empty()) {
    const SteadyTime now = core_.Now();
    wakeups_.FlushBefore(now);  // the job takes longer than was estimated
    if (listens) Listen(now);
  }
  LookForUrgent();
}

// An idle executor waits on the channels, if there is one; but it may have been woken and not have got a processor yet,
// so this one looks too, now and then.
void Executor::Listen(SteadyTime now) {
  const nanoseconds left = cost_ - (now - started_ - preempted_);
  const nanoseconds pause = std::max(until_next_, kBetweenLooks);
  if (now - listened_ < pause || (left > nanoseconds(0) && left < kBetweenLooks)) return;  // or soon, at the end
  if (now - started_ >= kWorthAFollower && !core_.leading.load(std::memory_order_relaxed) &&
      core_.listeners.load(std::memory_order_relaxed) > 0) {
    core_.lanes[0]->follow.notify_one();
  }
  if (core_.poller.Poll(nanoseconds(0)).wake_up) core_.poller.Wake();  // it was meant for an idle executor
  listened_ = core_.Now();
  preempted_ += listened_ - now;
  until_next_ = std::min(kWorkPerLook * (listened_ - now), kMostBetweenLooks);
}

void Executor::LookForUrgent() {
  if (lane_.urgent.load(std::memory_order_relaxed) == seen_) return;
  const SteadyTime began = core_.Now();
  while (Job* job = PopUrgent()) {
    if (const nanoseconds cost = job->ticket.cost; !wakeups_.empty()) {
      wakeups_.FlushBefore(cost > nanoseconds(0) ? core_.Now() + cost : SteadyTime::max());
    }
    Run(*job, 1);
  }
  preempted_ += core_.Now() - began;
}

Job* Executor::PopUrgent() {
  const nanoseconds left = cost_ - (core_.Now() - started_ - preempted_);
  std::lock_guard lock(core_.mutex);
  seen_ = lane_.urgent.load(std::memory_order_relaxed);
  Job* job = lane_.policy.PopUrgent(*running_, left);
  if (job == nullptr) return nullptr;
  ++core_.preemptions;
  lane_.preempted.store(core_.Now(), std::memory_order_relaxed);
  core_.UpdateHints(lane_);
  return job;
}

}  // namespace tfld::daemon
