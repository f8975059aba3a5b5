// UnaryInfer: a ModelInfer call, with one request and one answer.
#pragma once

#include "daemon/rpc/infer_job.h"

namespace grpc {
class ServerUnaryReactor;
}

namespace tfld::daemon {

// The reactor is finished exactly once, when the job is started or later; the job is not used any more then.
class UnaryInfer final : public InferJob {
 public:
  UnaryInfer(const InferenceContext& context, grpc::CallbackServerContext& call, grpc::ServerUnaryReactor& reactor)
      : InferJob(context, call), reactor_(reactor) {}

 private:
  void Done(const Status& status) override;

  grpc::ServerUnaryReactor& reactor_;
};

}  // namespace tfld::daemon
