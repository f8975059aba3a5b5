// ThreadPool: the worker threads that one running session may use inside an operator.
//
// Thread rule: one parallel region at a time, so one pool an executor slot. It has one door: pthreadpool.
#pragma once

#include <cstddef>
#include <memory>

struct pthreadpool;

namespace tfld::engine {

class ThreadPool {
 public:
  // `threads` counts the caller: 1 makes a pool that runs everything on the calling thread.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return threads_; }
  pthreadpool* handle() const { return pool_; }  // null when threads() is 1

 private:
  int threads_;
  pthreadpool* pool_;
};

}  // namespace tfld::engine
