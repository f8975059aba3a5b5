// The transport over gRPC: the Open Inference Protocol on the daemon's inference socket.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "client/src/transport.h"

namespace tfld::client {

std::shared_ptr<Transport> MakeGrpcTransport(const std::string& socket_path, std::size_t max_message_bytes);

}  // namespace tfld::client
