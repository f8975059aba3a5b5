// MessagePool: the messages of ModelInfer calls, with the job of each, used again and again, so that a call of a usual
// size allocates nothing of ours.
//
// Thread rule: any thread. The pool outlives the server.
#pragma once

#include <grpcpp/support/message_allocator.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "daemon/rpc/unary_infer.h"
#include "inference/grpc_service.pb.h"

namespace tfld::daemon {

class MessagePool final : public grpc::MessageAllocator<inference::ModelInferRequest, inference::ModelInferResponse> {
 public:
  // What messages that wait for their next call may keep, all together.
  static constexpr std::size_t kMaxKeptBytes = std::size_t{16} << 20;
  static constexpr std::size_t kMaxKept = 64;

  // A call's messages and its job. Back in the pool when gRPC has ended the call.
  class Holder final : public grpc::MessageHolder<inference::ModelInferRequest, inference::ModelInferResponse> {
   public:
    explicit Holder(MessagePool& pool);
    void Release() override;

    std::optional<UnaryInfer> job;

   private:
    friend class MessagePool;

    MessagePool& pool_;
    inference::ModelInferRequest request_;
    inference::ModelInferResponse response_;
    std::size_t kept_bytes_ = 0;
  };

  grpc::MessageHolder<inference::ModelInferRequest, inference::ModelInferResponse>* AllocateMessages() override;

 private:
  void Return(Holder* holder);

  std::mutex mutex_;
  std::vector<std::unique_ptr<Holder>> kept_;  // guarded by mutex_
  std::size_t kept_bytes_ = 0;                 // likewise
};

}  // namespace tfld::daemon
