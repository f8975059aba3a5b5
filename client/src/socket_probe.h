// Whether somebody listens on a socket: tells a daemon that is not there from one that refuses.
#pragma once

#include <string>

#include "client/src/unique_descriptor.h"
#include "engine/base/result.h"

namespace tfld::client {

// OK when a connection is accepted. UNAVAILABLE when nobody listens, PERMISSION_DENIED when this user may not connect;
// the message says what to do.
Status ProbeSocket(const std::string& path);

// A connection of this type (SOCK_STREAM, SOCK_SEQPACKET), blocking. The same errors.
Result<UniqueDescriptor> ConnectSocket(const std::string& path, int type);

}  // namespace tfld::client
