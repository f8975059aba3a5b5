// Where the daemon of this machine has its sockets.
#pragma once

#include <string>

#include "engine/base/result.h"

namespace tfld::client {

// `requested` if it is not empty; or else TFLD_RUNTIME_DIR; or else /run/tfld for root, and for others if a socket is
// there; or else $XDG_RUNTIME_DIR/tfld; or else /tmp/tfld-<uid>. The daemon decides alike.
std::string FindRuntimeDir(const std::string& requested);

// The path of a socket in `runtime_dir`. INVALID_ARGUMENT when it is longer than a socket's address can be.
Result<std::string> SocketPath(const std::string& runtime_dir, const std::string& name);

}  // namespace tfld::client
