// How a thread of gRPC waits for the next request: where that has paid lately it looks for a while before it sleeps.
//
// To wake a thread that sleeps on another processor costs the client tens of microseconds of a call, most of all in a
// virtual machine; and it does so twice, because the sender of an answer is also woken when it is read. gRPC (as of
// 1.51) sleeps at once and has no setting for it. All its waiting is in epoll_wait; so this program has an epoll_wait
// of its own, which the dynamic linker puts before libc's. It spins only on a thread that has just served a request;
// for all others it is libc's.
#pragma once

#include <chrono>

namespace tfld::daemon {

// Around the serving of a request on a thread that waits for requests. The thread's waits that follow spin, until
// `longest` after the end, where that has paid lately; see AdaptiveSpin.
class SpinAfterRequest {
 public:
  explicit SpinAfterRequest(std::chrono::nanoseconds longest);
  ~SpinAfterRequest();
  SpinAfterRequest(const SpinAfterRequest&) = delete;
  SpinAfterRequest& operator=(const SpinAfterRequest&) = delete;

 private:
  const std::chrono::nanoseconds longest_;
};

}  // namespace tfld::daemon
