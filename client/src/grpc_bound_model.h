// A model bound over gRPC: one request and one response, which are used again for each inference.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <utility>

#include "client/src/transport.h"
#include "inference/grpc_service.grpc.pb.h"

namespace tfld::client {

// What a transport and its bound models share.
struct GrpcConnection {
  GrpcConnection(std::string path, const std::shared_ptr<grpc::Channel>& channel)
      : socket_path(std::move(path)), stub(inference::GRPCInferenceService::NewStub(channel)) {}

  const std::string socket_path;
  const std::unique_ptr<inference::GRPCInferenceService::Stub> stub;
};

Result<std::unique_ptr<BoundModel>> MakeGrpcBoundModel(std::shared_ptr<GrpcConnection> connection, ModelInfo info,
                                                       const std::string& version);

}  // namespace tfld::client
