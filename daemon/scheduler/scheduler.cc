#include "daemon/scheduler/scheduler.h"

#include <pthread.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "daemon/scheduler/affinity.h"
#include "daemon/scheduler/batch_sessions.h"
#include "daemon/scheduler/executor.h"
#include "daemon/scheduler/scheduler_core.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

SchedulerOptions Resolve(SchedulerOptions options) {
  options.threads_per_executor = std::max(1, options.threads_per_executor);
  if (options.executors <= 0) options.executors = std::max(1, UsableProcessors() / options.threads_per_executor);
  options.queue_capacity = std::max<std::size_t>(options.queue_capacity, 1);
  if (!options.clock) options.clock = [] { return std::chrono::steady_clock::now(); };
  return options;
}

const std::vector<int>& ProcessorsOf(const SchedulerOptions& options, const Lane& lane, int slot) {
  static const std::vector<int> kAny;
  if (lane.index != 0 || options.affinity.empty()) return kAny;
  return options.affinity[static_cast<std::size_t>(slot) % options.affinity.size()];
}

PolicyOptions PolicyOptionsOf(const SchedulerOptions& options, int executors) {
  PolicyOptions policy;
  policy.capacity = options.queue_capacity;
  policy.per_client = options.queue_per_client;
  policy.per_instance = options.queue_per_model;
  policy.running = static_cast<std::size_t>(executors) * (BatchSessions::kMost + 2);  // those that preempt, and guests
  return policy;
}

}  // namespace

Scheduler::Impl::Impl(const SchedulerOptions& resolved)
    : options(resolved),
      processors(UsableProcessors()),
      wakeups(static_cast<std::size_t>(resolved.executors + resolved.devices)),
      quota(resolved.quota, resolved.executors + resolved.devices),
      spin(resolved.spin) {
  for (int index = 0; index <= options.devices; ++index) {
    const int count = index == 0 ? options.executors : 1;
    const int first = index == 0 ? 0 : options.executors + index - 1;
    lanes.push_back(std::make_unique<Lane>(index, first, count, PolicyOptionsOf(options, count)));
    const int threads = options.threads_per_executor;
    auto& of_lane = pools.emplace_back();
    for (int slot = 0; slot < count; ++slot) {
      const ScopedAffinity affinity(ProcessorsOf(options, *lanes.back(), slot));
      of_lane.push_back(threads > 1 ? engine::NewThreadPool(threads) : nullptr);
    }
  }
}

Lane* Scheduler::Impl::LaneOf(const Job& job) const {
  const auto index = static_cast<std::size_t>(job.instance->options().queue);
  return index < lanes.size() ? lanes[index].get() : nullptr;
}

bool Scheduler::Impl::drained() const {
  return std::ranges::all_of(lanes, [](const auto& lane) { return lane->policy.size() == 0 && lane->busy == 0; });
}

Scheduler::Scheduler(const SchedulerOptions& options) : impl_(std::make_unique<Impl>(Resolve(options))) {
  for (const auto& lane : impl_->lanes) {
    for (int slot = 0; slot < static_cast<int>(lane->running.size()); ++slot) {
      const ScopedAffinity affinity(ProcessorsOf(impl_->options, *lane, slot));
      impl_->executors.emplace_back(
          [impl = impl_.get(), lane = lane.get(), slot] { Executor(*impl, *lane, slot).Loop(); });
      const std::string name = lane->index == 0 ? StrCat("tfld-exec-", slot) : StrCat("tfld-dev-", lane->index);
      pthread_setname_np(impl_->executors.back().native_handle(), name.substr(0, 15).c_str());
    }
  }
}

Scheduler::~Scheduler() { Stop(SteadyTime{}); }

Status Scheduler::Submit(Job& job) { return impl_->Take(job, false); }

Status Scheduler::SubmitOrRun(Job& job) { return impl_->Take(job, true); }

Status Scheduler::Impl::Take(Job& job, bool may_run) {
  const SteadyTime now = Now();
  job.ticket = {};
  job.ticket.times.queued = now;
  job.ticket.cost = job.instance->cost().mean();
  Lane* lane = LaneOf(job);
  if (lane == nullptr) return Internal("the version was made for a queue that this scheduler has not");
  std::vector<Job*> dead;
  Status status;
  auto whom = Whom::kNobody;
  bool runs_here = false;
  auto refusal = Refusal::kNone;
  std::size_t waiting = 0;
  {
    std::lock_guard lock(mutex);
    refusal = Admit(*lane, job, now, dead);
    if (refusal == Refusal::kNone) {
      runs_here = may_run && IsForGuest(*lane, job) && lane->policy.Pop(now) == &job;
      if (runs_here) {
        ++lane->busy;
        job.instance->load().guest = true;
      } else {
        whom = WhomToWake(*lane);
      }
      NoteUrgent(*lane, job, now);
      UpdateHints(*lane);
    } else {
      ++refused[static_cast<std::size_t>(refusal)];
      if (!dead.empty()) {  // others may be ready, now that these are not before them
        whom = WhomToWake(*lane);
        UpdateHints(*lane);
      }
      waiting = lane->policy.size();
    }
  }
  if (refusal != Refusal::kNone) status = Explain(refusal, waiting, job);
  Rouse(*lane, whom);
  if (runs_here) RunAsGuest(*lane, job);
  for (Job* late : dead) End(*late, CheckRunnable(*late, SteadyTime::max()), now);
  return status;
}

Status Scheduler::Watch(int descriptor, std::shared_ptr<JobSource> source) {
  return impl_->poller.Watch(descriptor, std::move(source));
}

void Scheduler::Unwatch(int descriptor) { impl_->poller.Unwatch(descriptor); }

void Scheduler::Stop(SteadyTime drain_until) {
  std::vector<Job*> rest;
  {
    std::unique_lock lock(impl_->mutex);
    if (impl_->closed) return;
    impl_->draining = true;
    impl_->idle.wait_until(lock, drain_until, [this] { return impl_->drained(); });
    impl_->closed = true;
    const SteadyTime now = impl_->Now();
    for (const auto& lane : impl_->lanes) {
      const std::size_t first = rest.size();
      lane->policy.TakeAll(rest);
      for (std::size_t i = first; i < rest.size(); ++i) {
        impl_->Settle(*lane, *rest[i], false, std::chrono::nanoseconds(0), now);
      }
      impl_->UpdateHints(*lane);
    }
  }
  for (const auto& lane : impl_->lanes) lane->follow.notify_all();
  impl_->poller.Wake();
  for (Job* job : rest) End(*job, Unavailable("the daemon is stopping"), impl_->Now());
  for (std::thread& executor : impl_->executors) executor.join();
}

SchedulerStats Scheduler::stats() const {
  std::lock_guard lock(impl_->mutex);
  SchedulerStats stats;
  for (const auto& lane : impl_->lanes) {
    stats.queued += lane->policy.size();
    for (std::size_t i = 0; i < kPriorityClasses; ++i) {
      stats.queued_by_class[i] += lane->policy.size(static_cast<PriorityClass>(i));
    }
    stats.busy += lane->busy;
    stats.executors += static_cast<int>(lane->running.size());
    for (const Lane::Running& running : lane->running) {
      if (running.busy) stats.oldest_start = std::min(stats.oldest_start, running.since);
    }
  }
  stats.finished = impl_->finished;
  stats.preemptions = impl_->preemptions;
  stats.refused = impl_->refused;
  return stats;
}

const std::vector<std::shared_ptr<engine::ThreadPool>>& Scheduler::pools(int queue) const {
  return impl_->pools[static_cast<std::size_t>(queue)];
}

int Scheduler::threads_per_executor() const { return impl_->options.threads_per_executor; }

int Scheduler::levels() const { return impl_->options.preemption ? 2 : 1; }

}  // namespace tfld::daemon
