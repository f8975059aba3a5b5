// The inference service: inference.GRPCInferenceService over the models in the serving map.
#pragma once

#include "daemon/rpc/inference_context.h"
#include "daemon/rpc/named_service.h"

namespace tfld::daemon {

// For RpcServer::Start. Its methods never block: inference hands over to the scheduler and answers from an executor,
// and what waits for the manager does so on a thread of the service.
NamedService NewInferenceService(const InferenceContext& context);

}  // namespace tfld::daemon
