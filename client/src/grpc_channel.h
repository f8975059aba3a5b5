// A gRPC channel to a socket of the daemon, and gRPC's statuses as ours: the client's door to gRPC, together with what
// includes this header.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "engine/base/status.h"

namespace grpc {
class Channel;
}

namespace tfld::client {

// Connects on the first call, and again by itself, soon after the daemon is back.
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& socket_path, std::size_t max_message_bytes);

// Does nothing for kNoTimeout.
void SetTimeout(grpc::ClientContext& context, std::chrono::nanoseconds timeout);

// For UNAVAILABLE, looks whether anybody listens, and says so.
Status FromGrpc(const grpc::Status& status, const std::string& socket_path);

}  // namespace tfld::client
