// Worker: a thread for calls that take their time, so that gRPC's own threads never wait.
//
// Thread rule: Post from any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace tfld::daemon {

class Worker {
 public:
  static constexpr std::size_t kMaxWaiting = 64;

  Worker();
  ~Worker();  // runs what was posted to its end

  // Runs `work` after what was posted before. False, without running it, when too much waits.
  bool Post(std::function<void()> work);

 private:
  void Loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;  // guarded by mutex_
  bool ending_ = false;                        // guarded by mutex_
  std::thread thread_;
};

}  // namespace tfld::daemon
