// Worker: a thread for work that takes its time, done in the order in which it came.
//
// Thread rule: any thread but this one.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

namespace tfld::daemon {

struct WorkerOptions {
  const char* name = "tfld-work";  // of the thread, at most 15 characters
  int nice = 0;                    // 0 to 19; what the system refuses is left as it is
  std::size_t max_waiting = 0;     // 0: no bound
};

class Worker {
 public:
  explicit Worker(const WorkerOptions& options);
  ~Worker();  // does what was posted, and ends
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Does `work` after what was posted before. False, without doing it, when too much waits.
  bool Post(std::function<void()> work);

  // Does `work` there and waits for its result. Only where there is no bound.
  template <typename Work>
  auto Run(Work work) -> decltype(work()) {
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto result = task.get_future();
    Post([&task] { task(); });
    return result.get();
  }

 private:
  void Loop();

  const WorkerOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;  // guarded by mutex_
  bool ending_ = false;                        // guarded by mutex_
  std::thread thread_;
};

}  // namespace tfld::daemon
