// Which jobs are taken.
#include <algorithm>
#include <chrono>
#include <string_view>

#include "daemon/scheduler/scheduler_core.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

using std::chrono::nanoseconds;

// A full queue is searched for jobs that would not run any more at most this often, so that whoever fills it does not
// make every refusal dear.
constexpr nanoseconds kBetweenSearches = std::chrono::milliseconds(1);

bool IsFull(Refusal refusal) {
  return refusal == Refusal::kQueueFull || refusal == Refusal::kClientQueueFull || refusal == Refusal::kModelQueueFull;
}

std::int64_t Microseconds(nanoseconds duration) { return duration / std::chrono::microseconds(1); }

}  // namespace

Refusal Scheduler::Impl::Admit(Lane& lane, Job& job, SteadyTime now, std::vector<Job*>& dead) {
  if (draining) return Refusal::kStopping;
  UserUsage& usage = quota.UsageOf(job.client.uid);
  job.ticket.weight = usage.limits.weight;
  job.priority = std::max(job.priority, usage.limits.max_priority);
  if (!MeetsDeadline(lane, job, now)) return Refusal::kDeadline;
  if (const Refusal refusal = quota.Admit(usage, job, now); refusal != Refusal::kNone) return refusal;
  Refusal refusal = lane.policy.Push(job, now);
  if (IsFull(refusal) && now - searched >= kBetweenSearches) {
    searched = now;
    lane.policy.TakeDead(now, dead);
    for (Job* late : dead) Settle(lane, *late, false, nanoseconds(0), now);
    refusal = lane.policy.Push(job, now);
  }
  if (refusal != Refusal::kNone) quota.Release(job, nanoseconds(0), now);
  return refusal;
}

// The earliest that an executor is free is a bound, and that all do what is ahead is another.
bool Scheduler::Impl::MeetsDeadline(const Lane& lane, const Job& job, SteadyTime now) const {
  if (job.deadline == SteadyTime::max()) return true;
  const nanoseconds cost = job.instance->cost().floor();
  if (cost == nanoseconds(0)) return true;
  const auto count = static_cast<std::int64_t>(lane.running.size());
  const bool preempts = options.preemption && job.priority == PriorityClass::kCritical;
  SteadyTime free = SteadyTime::max();
  for (const Lane::Running& running : lane.running) {
    const bool waits = running.busy && !(preempts && running.priority != PriorityClass::kCritical);
    free = std::min(free, waits ? std::max(running.until, now) : now);
  }
  const SteadyTime start = std::max(free, now + lane.policy.CostAhead(job) / count);
  if (start + cost <= job.deadline) return true;
  if (now + cost > job.deadline) job.instance->cost().Doubt();
  return false;
}

Status Scheduler::Impl::Explain(Refusal refusal, std::size_t waiting, const Job& job) const {
  const std::string_view text = " requests are waiting";
  switch (refusal) {
    case Refusal::kNone: return {};
    case Refusal::kStopping: return Unavailable("the daemon is stopping");
    case Refusal::kQueueFull: return ResourceExhausted(StrCat("the queue is full: ", options.queue_capacity, text));
    case Refusal::kClientQueueFull:
      return ResourceExhausted(StrCat("the client's queue is full: ", options.queue_per_client, text));
    case Refusal::kModelQueueFull:
      return ResourceExhausted(StrCat("the model's queue is full: ", options.queue_per_model, text));
    case Refusal::kDeadline:
      return DeadlineExceeded(StrCat("the deadline cannot be met: an inference takes about ",
                                     Microseconds(job.instance->cost().mean()), " us, ", waiting, text));
    default: break;
  }
  const auto own = options.quota.users.find(job.client.uid);
  const UserLimits& limits = own == options.quota.users.end() ? options.quota.defaults : own->second;
  if (refusal == Refusal::kUserRequests) {
    return ResourceExhausted(StrCat("the limit max_requests of user ", job.client.uid,
                                    " is reached: ", limits.max_requests, " requests are in flight"));
  }
  if (refusal == Refusal::kUserBytes) {
    return ResourceExhausted(StrCat("the limit max_bytes of user ", job.client.uid, " is reached: ", limits.max_bytes,
                                    " bytes of requests in flight; this one has ", job.bytes));
  }
  return ResourceExhausted(StrCat("the limit compute_share of user ", job.client.uid,
                                  " is reached: ", limits.compute_share, " of the executors' time in a second"));
}

void Scheduler::Impl::Settle(Lane& lane, Job& job, bool popped, nanoseconds cost, SteadyTime now) {
  if (popped) lane.policy.Charge(job, cost);
  quota.Release(job, cost, now);
}

void Scheduler::Impl::NoteUrgent(Lane& lane, const Job& job, SteadyTime now) {
  const bool urgent = std::ranges::any_of(lane.running, [&](const Lane::Running& running) {
    return running.busy && Policy::CouldBeUrgent(job, running.priority, running.until - now);
  });
  if (urgent) lane.urgent.fetch_add(1, std::memory_order_relaxed);
}

void Scheduler::Impl::UpdateHints(Lane& lane) {
  lane.work.store(closed || lane.policy.ready() > 0, std::memory_order_relaxed);
}

}  // namespace tfld::daemon
