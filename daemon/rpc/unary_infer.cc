#include "daemon/rpc/unary_infer.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <memory>

#include "daemon/rpc/infer_job.h"
#include "daemon/rpc/peer_registry.h"
#include "daemon/rpc/status_map.h"

namespace tfld::daemon {
namespace {

// Deletes itself when it is done.
class UnaryInfer final : public InferJob {
 public:
  UnaryInfer(const InferenceContext& context, grpc::CallbackServerContext& call, grpc::ServerUnaryReactor& reactor)
      : InferJob(context, call), reactor_(reactor) {}

 private:
  void Done(const Status& status) override {
    const std::unique_ptr<UnaryInfer> self(this);
    reactor_.Finish(ToGrpc(status));  // the call may be gone from here on
  }

  grpc::ServerUnaryReactor& reactor_;
};

}  // namespace

void StartUnaryInfer(const InferenceContext& context, grpc::CallbackServerContext& call,
                     const inference::ModelInferRequest& request, inference::ModelInferResponse& response,
                     grpc::ServerUnaryReactor& reactor) {
  const auto caller = context.peers->Find(call.peer());
  (new UnaryInfer(context, call, reactor))->Start(caller.get(), request, response);
}

}  // namespace tfld::daemon
