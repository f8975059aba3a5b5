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

// The end of kPatience from now on, or the deadline if that comes first.
std::chrono::steady_clock::time_point PatienceEnds(std::chrono::steady_clock::time_point deadline);

// A connection of this type (SOCK_STREAM, SOCK_SEQPACKET). The same errors; UNAVAILABLE as well when it is not accepted
// until `until`.
Result<UniqueDescriptor> ConnectSocket(const std::string& path, int type, std::chrono::steady_clock::time_point until);

// From now on calls on the socket block until then at most. They are therefore not begun again by themselves after a
// signal.
void LimitCalls(int socket, std::chrono::steady_clock::time_point until);

// A system call on the socket that blocks until then at most, and is made again when a signal has interrupted it. What
// it returned last, with its errno.
template <typename Call>
auto CallUntil(int socket, std::chrono::steady_clock::time_point until, const Call& call) {
  for (;;) {
    LimitCalls(socket, until);
    const auto result = call();
    if (result >= 0 || errno != EINTR || std::chrono::steady_clock::now() >= until) return result;
  }
}

}  // namespace tfld::client
