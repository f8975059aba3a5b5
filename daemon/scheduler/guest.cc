// Jobs that the submitting thread runs itself.
#include <chrono>
#include <memory>
#include <mutex>

#include "daemon/scheduler/scheduler_core.h"

namespace tfld::daemon {
namespace {

// Of the order of what two changes of threads cost, so that the calling thread is not kept long from what it is for.
constexpr std::chrono::nanoseconds kSmall{100'000};

}  // namespace

bool Scheduler::Impl::IsForGuest(const Lane& lane, const Job& job) const {
  ModelInstance& instance = *job.instance;
  const std::chrono::nanoseconds cost = job.ticket.cost;
  // What runs of other shapes than the planned ones cost is not known.
  return job.may_batch && lane.index == 0 && lane.policy.size() == 1 && lane.busy < options.executors &&
         cost > std::chrono::nanoseconds(0) && cost < kSmall && instance.guest_session() != nullptr &&
         !instance.load().guest && instance.batch_options().max_delay == std::chrono::nanoseconds(0);
}

// A guest's job is over before anything critical could wait long: it cannot be preempted.
void Scheduler::Impl::RunAsGuest(Lane& lane, Job& job) {
  const std::shared_ptr<ModelInstance> instance = job.instance;  // the job may be gone before the session is given back
  const SteadyTime started = Now();
  Status status = CheckRunnable(job, started);
  SteadyTime ended = started;
  if (status.ok()) {
    job.ticket.times.started = started;
    status = job.Run(*instance->guest_session(), job.ticket.times);
    ended = Now();
    if (status.ok()) instance->cost().Add(ended - started);
  }
  {
    std::lock_guard lock(mutex);
    Settle(lane, job, true, ended - started, ended);
    instance->load().guest = false;
  }
  End(job, status, ended);
  auto whom = Whom::kNobody;
  {
    std::lock_guard lock(mutex);
    --lane.busy;
    ++finished;
    if (lane.policy.ready() > 0) whom = WhomToWake(lane);  // its bound may have kept a job of the version waiting
    if (draining && drained()) idle.notify_all();
  }
  Rouse(lane, whom);
}

}  // namespace tfld::daemon
