// Whether somebody listens on a socket: tells a daemon that is not there from one that refuses.
#pragma once

#include <string>

#include "engine/base/status.h"

namespace tfld::client {

// OK when a connection is accepted. UNAVAILABLE when nobody listens, PERMISSION_DENIED when this user may not connect;
// the message says what to do.
Status ProbeSocket(const std::string& path);

}  // namespace tfld::client
