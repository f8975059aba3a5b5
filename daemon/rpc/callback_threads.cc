#include "daemon/rpc/callback_threads.h"

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/server.h>
#include <grpcpp/support/byte_buffer.h>
#include <pthread.h>

#include <chrono>
#include <string_view>

namespace tfld::daemon {
namespace {

// Within the second after which a thread without work sleeps; not much more often, because each call wakes a thread.
constexpr std::chrono::milliseconds kBetweenCalls{750};
constexpr char kMethod[] = "/grpc.health.v1.Health/Check";

// Whether the calling thread is one of those that wait at the sockets and may sleep.
bool OnCallbackThread() {
  char name[16] = "";
  pthread_getname_np(pthread_self(), name, sizeof(name));
  return std::string_view(name) == "nexting_thread";
}

struct OwnCall {
  grpc::ClientContext context;
  grpc::Slice nothing;
  grpc::ByteBuffer request{&nothing, 1};
  grpc::ByteBuffer response;
};

}  // namespace

CallbackThreads::CallbackThreads(grpc::Server& server) : channel_(server.InProcessChannel(grpc::ChannelArguments())) {
  Call(Callback::kHolds);
}

CallbackThreads::~CallbackThreads() {
  std::unique_lock lock(mutex_);
  ending_ = true;
  changed_.notify_all();
  changed_.wait(lock, [this] { return calls_ == 0; });
}

void CallbackThreads::Call(Callback callback) {
  {
    const std::lock_guard lock(mutex_);
    if (ending_) return;
    ++calls_;
  }
  auto* call = new OwnCall;
  const auto ended = [this, call, callback](const grpc::Status&) {
    delete call;
    if (callback == Callback::kHolds && OnCallbackThread()) Hold();
    const std::lock_guard lock(mutex_);
    --calls_;
    changed_.notify_all();  // under the lock: this may be gone as soon as the owner has it
  };
  grpc::GenericStub(channel_).UnaryCall(&call->context, kMethod, grpc::StubOptions(), &call->request, &call->response,
                                        ended);
}

void CallbackThreads::Hold() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kBetweenCalls, [this] { return ending_; })) {
    lock.unlock();
    Call(Callback::kReturns);
    lock.lock();
  }
}

}  // namespace tfld::daemon
