// The connection that a gRPC transport and its bound models share, and what they ask through it.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <utility>

#include "client/src/transport.h"
#include "inference/grpc_service.grpc.pb.h"

namespace tfld::client {

struct GrpcConnection {
  GrpcConnection(std::string path, const std::shared_ptr<grpc::Channel>& channel)
      : socket_path(std::move(path)), stub(inference::GRPCInferenceService::NewStub(channel)) {}

  const std::string socket_path;
  const std::unique_ptr<inference::GRPCInferenceService::Stub> stub;
};

// The tensors of the version that serves now. Errors: those of FromGrpc; UNIMPLEMENTED for a type that is not known
// here.
Result<ModelInfo> AskModelInfo(const GrpcConnection& connection, const std::string& model, const std::string& version);

}  // namespace tfld::client
