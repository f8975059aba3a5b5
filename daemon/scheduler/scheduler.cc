#include "daemon/scheduler/scheduler.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "daemon/scheduler/scheduler_core.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

int UsableProcessors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

SchedulerOptions Resolve(SchedulerOptions options) {
  options.threads_per_executor = std::max(1, options.threads_per_executor);
  if (options.executors <= 0) options.executors = std::max(1, UsableProcessors() / options.threads_per_executor);
  if (!options.clock) options.clock = [] { return std::chrono::steady_clock::now(); };
  return options;
}

}  // namespace

Scheduler::Impl::Impl(const SchedulerOptions& resolved)
    : options(resolved), processors(UsableProcessors()), queue(resolved.queue_capacity), spin(resolved.spin) {}

Scheduler::Scheduler(const SchedulerOptions& options) : impl_(std::make_unique<Impl>(Resolve(options))) {
  for (int slot = 0; slot < impl_->options.executors; ++slot) {
    const int threads = impl_->options.threads_per_executor;
    impl_->pools.push_back(threads > 1 ? engine::NewThreadPool(threads) : nullptr);
  }
  for (int slot = 0; slot < impl_->options.executors; ++slot) {
    impl_->executors.emplace_back([impl = impl_.get(), slot] { impl->ExecutorLoop(slot); });
    pthread_setname_np(impl_->executors.back().native_handle(), StrCat("tfld-exec-", slot).substr(0, 15).c_str());
  }
}

Scheduler::~Scheduler() { Stop(SteadyTime{}); }

Status Scheduler::Submit(Job& job) {
  Impl& impl = *impl_;
  const SteadyTime now = impl.Now();
  job.ticket.times = {};
  job.ticket.times.queued = now;
  std::vector<Job*> dead;
  Status status;
  auto whom = Impl::Whom::kNobody;
  {
    std::lock_guard lock(impl.mutex);
    if (impl.draining) {
      status = Unavailable("the daemon is stopping");
    } else if (!impl.queue.Push(job)) {
      impl.queue.TakeDead(now, dead);
      if (!impl.queue.Push(job)) {
        status = ResourceExhausted(StrCat("the queue is full: ", impl.queue.size(), " requests are waiting"));
      }
    }
    if (status.ok()) {
      impl.work.store(true, std::memory_order_relaxed);
      whom = impl.WhomToWake();
    }
  }
  impl.Rouse(whom);
  for (Job* late : dead) impl.End(*late, CheckRunnable(*late, SteadyTime::max()));
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
    impl_->work.store(true, std::memory_order_relaxed);
    while (Job* job = impl_->queue.Pop()) rest.push_back(job);
  }
  impl_->follow.notify_all();
  impl_->poller.Wake();
  for (Job* job : rest) impl_->End(*job, Unavailable("the daemon is stopping"));
  for (std::thread& executor : impl_->executors) executor.join();
}

SchedulerStats Scheduler::stats() const {
  std::lock_guard lock(impl_->mutex);
  return {impl_->queue.size(), impl_->busy, impl_->options.executors, impl_->finished};
}

const std::vector<std::shared_ptr<engine::ThreadPool>>& Scheduler::pools() const { return impl_->pools; }

int Scheduler::threads_per_executor() const { return impl_->options.threads_per_executor; }

}  // namespace tfld::daemon
