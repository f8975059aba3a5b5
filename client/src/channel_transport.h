// The transport through shared memory: shm.sock, and a channel for each binding.
#pragma once

#include <memory>
#include <string>

#include "client/src/transport.h"

namespace tfld::client {

std::shared_ptr<Transport> MakeChannelTransport(const std::string& socket_path);

}  // namespace tfld::client
