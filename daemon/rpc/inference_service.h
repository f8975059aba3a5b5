// The inference service: inference.GRPCInferenceService over the models in the serving map.
#pragma once

#include <memory>

#include "daemon/rpc/inference_context.h"

namespace grpc {
class Service;
}

namespace tfld::daemon {

// For RpcServer::Start. Its methods never block; ModelInfer hands over to the scheduler and answers from an executor.
std::shared_ptr<grpc::Service> NewInferenceService(const InferenceContext& context);

}  // namespace tfld::daemon
