// A model bound to a channel, until an input gets a shape that no channel carries: from then on over gRPC.
#pragma once

#include <functional>
#include <memory>

#include "client/src/transport.h"

namespace tfld::client {

using BindOverGrpc = std::function<Result<std::unique_ptr<BoundModel>>()>;

std::unique_ptr<BoundModel> MakeAutoBoundModel(std::unique_ptr<BoundModel> channel, BindOverGrpc bind_over_grpc);

}  // namespace tfld::client
