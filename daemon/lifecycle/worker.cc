#include "daemon/lifecycle/load_thread.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace tfld::daemon {

LoadThread::LoadThread(int nice) : thread_([this, nice] { Loop(nice); }) {
  pthread_setname_np(thread_.native_handle(), "tfld-load");
}

LoadThread::~LoadThread() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void LoadThread::Post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
  }
  changed_.notify_one();
}

void LoadThread::Loop(int nice) {
  // Linux keeps nice values by thread.
  if (nice > 0) (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ends_ || !work_.empty(); });
    if (work_.empty()) return;
    const std::function<void()> work = std::move(work_.front());
    work_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace tfld::daemon
