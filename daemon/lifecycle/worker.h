// LoadThread: where versions are verified, packed, warmed up and freed, so that all of it together takes a bounded
// share of the processors from the models that serve.
//
// The bound is the thread's nice value: beside a busy executor, 10 is a tenth of a processor. A process without
// privileges cannot take it back, so the work goes to a thread that always has it. On idle processors it costs nothing.
//
// Thread rule: any thread but this one.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

namespace tfld::daemon {

class LoadThread {
 public:
  // 0 to 19; what the system refuses is left as it is.
  explicit LoadThread(int nice);
  ~LoadThread();  // does what was posted, and ends
  LoadThread(const LoadThread&) = delete;
  LoadThread& operator=(const LoadThread&) = delete;

  // Does `work` there and waits for its result.
  template <typename Work>
  auto Run(Work work) -> decltype(work()) {
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto result = task.get_future();
    Post([&task] { task(); });
    return result.get();
  }

  // Does `work` there some time later.
  void Post(std::function<void()> work);

 private:
  void Loop(int nice);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> work_;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace tfld::daemon
