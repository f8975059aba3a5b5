// ModelInfer: one request, one answer.
#pragma once

#include "daemon/rpc/inference_context.h"

namespace grpc {
class CallbackServerContext;
class ServerUnaryReactor;
}  // namespace grpc

namespace inference {
class ModelInferRequest;
class ModelInferResponse;
}  // namespace inference

namespace tfld::daemon {

// The reactor is finished exactly once, here or later on an executor; request and response live until then. `context`
// outlives the call.
void StartUnaryInfer(const InferenceContext& context, grpc::CallbackServerContext& call,
                     const inference::ModelInferRequest& request, inference::ModelInferResponse& response,
                     grpc::ServerUnaryReactor& reactor);

}  // namespace tfld::daemon
