// Plain Unix sockets for tests.
#pragma once

#include <sys/un.h>

#include <string>

namespace tfld::test {

sockaddr_un AddressOf(const std::string& path);

// A listening socket at `path`, non-blocking; aborts when it cannot be made.
int ListenOn(const std::string& path);

// A stream socket that is not connected yet.
int NewClient();
// Whether it is connected now.
bool ConnectBy(int client, const std::string& path);
// Both; -1 when nobody listens.
int ConnectTo(const std::string& path);

// Sends the request, and returns what comes until the other side closes. Closes the descriptor.
std::string Exchange(int client, const std::string& request);

}  // namespace tfld::test
