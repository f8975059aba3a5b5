// The transport that a client has unless it chooses: shared memory for the models that fit, gRPC for the others.
#pragma once

#include <functional>
#include <memory>

#include "client/src/transport.h"

namespace tfld::client {

// `make_grpc` is called when gRPC is needed for the first time: a process that needs only channels has no threads of
// gRPC's.
std::shared_ptr<Transport> MakeAutoTransport(std::shared_ptr<Transport> channel,
                                             std::function<std::shared_ptr<Transport>()> make_grpc);

}  // namespace tfld::client
