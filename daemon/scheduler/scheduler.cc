#include "daemon/scheduler/scheduler.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "daemon/scheduler/fifo_queue.h"
#include "daemon/scheduler/job_queue.h"
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

// Why a job that is about to start does not; OK when it does.
Status CheckRunnable(const Job& job, SteadyTime now) {
  if (job.cancelled()) return Cancelled("cancelled before it started");
  if (job.deadline <= now) return DeadlineExceeded("the deadline passed before an executor was free");
  return {};
}

}  // namespace

struct Scheduler::Impl {
  explicit Impl(const SchedulerOptions& resolved) : options(resolved), queue(new FifoQueue(resolved.queue_capacity)) {}

  void ExecutorLoop(int slot);
  void RunOne(QueuedJob entry, int slot);
  void End(QueuedJob entry, const Status& status);
  bool drained() const { return queue->size() == 0 && busy == 0; }

  const SchedulerOptions options;
  std::vector<std::shared_ptr<engine::ThreadPool>> pools;
  std::vector<std::thread> executors;

  mutable std::mutex mutex;
  std::condition_variable work;  // a job came, or the end
  std::condition_variable idle;  // while draining: an executor became idle
  std::unique_ptr<JobQueue> queue;
  int busy = 0;
  std::uint64_t finished = 0;
  bool draining = false;  // no more jobs are taken
  bool closed = false;    // executors end
};

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

Status Scheduler::Submit(std::unique_ptr<Job>& job) {
  QueuedJob entry{std::move(job), {}};
  entry.times.queued = impl_->options.clock();
  std::vector<QueuedJob> dead;
  Status status;
  {
    std::lock_guard lock(impl_->mutex);
    if (impl_->draining) {
      status = Unavailable("the daemon is stopping");
    } else if (!impl_->queue->Push(entry)) {
      impl_->queue->TakeDead(entry.times.queued, dead);
      if (!impl_->queue->Push(entry)) {
        status = ResourceExhausted(StrCat("the queue is full: ", impl_->queue->size(), " requests are waiting"));
      }
    }
  }
  if (status.ok()) {
    impl_->work.notify_one();
  } else {
    job = std::move(entry.job);
  }
  for (QueuedJob& late : dead) {
    const Status why = CheckRunnable(*late.job, SteadyTime::max());
    impl_->End(std::move(late), why);
  }
  return status;
}

void Scheduler::Stop(SteadyTime drain_until) {
  std::vector<QueuedJob> rest;
  {
    std::unique_lock lock(impl_->mutex);
    if (impl_->closed) return;
    impl_->draining = true;
    impl_->idle.wait_until(lock, drain_until, [this] { return impl_->drained(); });
    impl_->closed = true;
    while (std::optional<QueuedJob> entry = impl_->queue->Pop()) rest.push_back(std::move(*entry));
  }
  impl_->work.notify_all();
  for (QueuedJob& entry : rest) impl_->End(std::move(entry), Unavailable("the daemon is stopping"));
  for (std::thread& executor : impl_->executors) executor.join();
}

SchedulerStats Scheduler::stats() const {
  std::lock_guard lock(impl_->mutex);
  return {impl_->queue->size(), impl_->busy, impl_->options.executors, impl_->finished};
}

const std::vector<std::shared_ptr<engine::ThreadPool>>& Scheduler::pools() const { return impl_->pools; }

int Scheduler::threads_per_executor() const { return impl_->options.threads_per_executor; }

void Scheduler::Impl::ExecutorLoop(int slot) {
  std::unique_lock lock(mutex);
  for (;;) {
    work.wait(lock, [this] { return closed || queue->size() > 0; });
    std::optional<QueuedJob> entry = queue->Pop();
    if (!entry) return;  // closed, and nothing is left
    ++busy;
    lock.unlock();
    RunOne(std::move(*entry), slot);
    lock.lock();
    --busy;
    ++finished;
    if (draining && drained()) idle.notify_all();
  }
}

void Scheduler::Impl::RunOne(QueuedJob entry, int slot) {
  const SteadyTime now = options.clock();
  Status status = CheckRunnable(*entry.job, now);
  if (status.ok()) {
    entry.times.started = now;
    status = entry.job->Run(entry.job->instance->session(slot), entry.times);
  }
  End(std::move(entry), status);
}

void Scheduler::Impl::End(QueuedJob entry, const Status& status) {
  entry.times.finished = options.clock();
  entry.job->Finish(status, entry.times);
}

}  // namespace tfld::daemon
