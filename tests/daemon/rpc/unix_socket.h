// Plain Unix sockets for tests.
#pragma once

#include <string>

namespace tfld::test {

// A listening socket at `path`; aborts when it cannot be made.
int ListenOn(const std::string& path);

// A connection to it, or -1.
int ConnectTo(const std::string& path);

}  // namespace tfld::test
