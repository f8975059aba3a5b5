// Whether somebody listens on a socket: tells a daemon that is not there from one that refuses.
#pragma once

#include <cerrno>
#include <chrono>
#include <string>

#include "client/src/unique_descriptor.h"
#include "engine/base/result.h"

namespace tfld::client {

// How long a peer may take that is alive, but does not take or give what is due.
inline constexpr std::chrono::seconds kPatience{10};

// OK when a connection is accepted. UNAVAILABLE when nobody listens, PERMISSION_DENIED when this user may not connect;
// the message says what to do.
Status ProbeSocket(const std::string& path);

// A connection of this type (SOCK_STREAM, SOCK_SEQPACKET), whose calls block for kPatience at most and are therefore
// not begun again by themselves after a signal. The same errors.
Result<UniqueDescriptor> ConnectSocket(const std::string& path, int type);

// A system call on such a connection, made again when a signal has interrupted it, for kPatience in all. What it
// returned last, with its errno.
template <typename Call>
auto Uninterrupted(const Call& call) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR || std::chrono::steady_clock::now() >= end) return result;
  }
}

}  // namespace tfld::client
