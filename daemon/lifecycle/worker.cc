#include "daemon/lifecycle/worker.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace tfld::daemon {

Worker::Worker(const WorkerOptions& options) : options_(options), thread_([this] { Loop(); }) {
  pthread_setname_np(thread_.native_handle(), options_.name);
}

Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

bool Worker::Post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (options_.max_waiting > 0 && waiting_.size() >= options_.max_waiting) return false;
    waiting_.push_back(std::move(work));
  }
  changed_.notify_one();
  return true;
}

void Worker::Loop() {
  // Linux keeps nice values by thread.
  if (options_.nice > 0) (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), options_.nice);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const std::function<void()> work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace tfld::daemon
