// Streams of gRPC's callback interface for a thread that may wait: reads and writes return when they are done.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <condition_variable>
#include <mutex>

namespace tfld::daemon {

// An operation that one thread begins and waits for, and another one ends.
class PendingOperation {
 public:
  // Whether the operation went well.
  bool Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ended_; });
    ended_ = false;
    return ok_;
  }

  void End(bool ok) {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    ok_ = ok;
    changed_.notify_one();  // under the lock: the stream may be gone as soon as the other thread has it
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;  // this and the next guarded by mutex_
  bool ok_ = false;
};

// Both are made with new, belong to one thread, which calls Finish last, and delete themselves when the call has ended.

template <typename Response, typename Reactor = grpc::ServerWriteReactor<Response>>
class BlockingWriter : public Reactor {
 public:
  // False: the client is gone.
  bool Write(const Response& response) {
    this->StartWrite(&response);
    return operation_.Wait();
  }

 protected:
  PendingOperation operation_;  // one at a time

 private:
  void OnWriteDone(bool ok) override { operation_.End(ok); }
  void OnDone() override { delete this; }
};

template <typename Request, typename Response>
class BlockingStream final : public BlockingWriter<Response, grpc::ServerBidiReactor<Request, Response>> {
 public:
  // False: the client has closed its side, or is gone.
  bool Read(Request& request) {
    this->StartRead(&request);
    return this->operation_.Wait();
  }

 private:
  void OnReadDone(bool ok) override { this->operation_.End(ok); }
};

}  // namespace tfld::daemon
