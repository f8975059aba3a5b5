// CallThreads: a thread for each call whose method waits, so that gRPC's own threads never do.
//
// Thread rule: any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>

#include "engine/base/status.h"

namespace tfld::daemon {

class CallThreads {
 public:
  static constexpr std::size_t kMost = 64;  // at once

  CallThreads() = default;
  ~CallThreads();  // waits until all work is done
  CallThreads(const CallThreads&) = delete;
  CallThreads& operator=(const CallThreads&) = delete;

  // Does `work` on a thread of its own; or says why not, and does not.
  Status Start(std::function<void()> work);

 private:
  void End();

  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t running_ = 0;  // guarded by mutex_
};

}  // namespace tfld::daemon
