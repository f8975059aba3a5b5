// CallbackThreads: keeps gRPC's callback threads from naps, and one of them from the sockets.
//
// gRPC serves callbacks with threads of its own, half as many as there are processors, but at least 2 and at most 16,
// for all servers of a process. As of 1.51 they have two habits that cost latency
// (src/cpp/common/completion_queue_cc.cc and src/core/lib/iomgr/ev_epoll1_linux.cc):
//  - A thread that saw nothing for a second sleeps for 100 ms, in which it does not look at the sockets. A client that
//    asks once in a while waits for it.
//  - A thread that was woken by a socket first wakes another one to wait there in its place. On a small machine, where
//    gRPC has two, each request starts both, on both processors. With one of them the server takes a quarter less of
//    the processors for a request of 64 bytes, one client gets up to 30 % more answers and four get 10 to 20 % more;
//    sixteen, which keep both processors busy either way, get within 5 % of what they did.
// So one of the threads is held back, in the callback of a call that the server makes to itself. It makes another such
// call now and then, so that the others see something before their second is over. Where a version of gRPC runs
// callbacks on threads of another kind, none is held.
//
// Thread rule: one thread makes it and ends it, and is none of those.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>

namespace grpc {
class Channel;
class Server;
}  // namespace grpc

namespace tfld::daemon {

class CallbackThreads {
 public:
  // One is enough for a process. `server` has the health service, and outlives this.
  explicit CallbackThreads(grpc::Server& server);
  ~CallbackThreads();  // lets the thread go
  CallbackThreads(const CallbackThreads&) = delete;
  CallbackThreads& operator=(const CallbackThreads&) = delete;

 private:
  enum class Callback { kHolds, kReturns };
  void Call(Callback callback);
  void Hold();

  const std::shared_ptr<grpc::Channel> channel_;  // to the server itself
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t calls_ = 0;  // under way; this and the next guarded by mutex_
  bool ending_ = false;
};

}  // namespace tfld::daemon
