#include "daemon/rpc/call_threads.h"

#include <pthread.h>

#include <system_error>
#include <thread>
#include <utility>

#include "engine/base/str_cat.h"

namespace tfld::daemon {

CallThreads::~CallThreads() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [this] { return running_ == 0; });
}

Status CallThreads::Start(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (running_ >= kMost) return ResourceExhausted(StrCat(running_, " calls are under way, and no more may be"));
    ++running_;
  }
  try {
    std::thread thread([this, work = std::move(work)] {
      work();
      End();
    });
    pthread_setname_np(thread.native_handle(), "tfld-call");
    thread.detach();
  } catch (const std::system_error& error) {
    End();
    return ResourceExhausted(StrCat("no thread can be had for the call: ", error.what()));
  }
  return {};
}

void CallThreads::End() {
  const std::lock_guard lock(mutex_);
  --running_;
  ended_.notify_all();  // under the lock: the owner may be gone as soon as it has it
}

}  // namespace tfld::daemon
