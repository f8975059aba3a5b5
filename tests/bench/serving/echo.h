// A bare gRPC C++ service over a Unix socket that sends back what it gets: what gRPC itself costs.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "engine/base/result.h"

namespace tfld::bench {

// Where the server of a directory is.
inline std::string EchoSocketIn(const std::string& directory) { return directory + "/echo.sock"; }

// In the server's process: serves until standard input ends.
int RunEchoServer(const std::string& socket_path);

// A connection to an echo server.
class EchoClient {
 public:
  explicit EchoClient(const std::string& socket_path);
  ~EchoClient();
  // Sends `size` bytes and takes as many back.
  Status Echo(std::size_t size);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tfld::bench
