// A model bound over gRPC: one request and one response, which are used again for each inference.
#pragma once

#include <memory>
#include <string>

#include "client/src/transport.h"

namespace tfld::client {

struct GrpcConnection;

Result<std::unique_ptr<BoundModel>> MakeGrpcBoundModel(std::shared_ptr<GrpcConnection> connection, ModelInfo info,
                                                       const std::string& version);

}  // namespace tfld::client
