// AcceptLoop: accepts connections on a listening Unix socket, learns who they are, and hands them on.
//
// A connection is registered first and handed on when it has sent its first byte; one that sends nothing in time is
// closed, and so is one above the limits. Each gets a descriptor number that was not used lately (see PeerRegistry).
//
// Thread rule: one thread of its own, on which `hand_over` is called. Start and Stop belong to one owner.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "daemon/rpc/peer_registry.h"
#include "engine/base/result.h"

namespace tfld::daemon {

struct AcceptLimits {
  std::size_t max_connections = 256;
  std::size_t max_connections_per_user = 128;
  std::map<uid_t, std::size_t> users;  // that have another limit
  std::chrono::milliseconds first_byte_timeout{10'000};
};

class AcceptLoop {
 public:
  // Takes a connected, non-blocking descriptor, which is the callee's from then on.
  using HandOver = std::function<void(int descriptor)>;

  // Owns `listening_socket`, which is non-blocking, also when it fails.
  static Result<std::unique_ptr<AcceptLoop>> Start(int listening_socket, std::shared_ptr<PeerRegistry> registry,
                                                   const AcceptLimits& limits, HandOver hand_over);
  ~AcceptLoop();  // stops

  // Accepts no more: closes the listening socket and connections that were not handed on yet.
  void Stop();

  // Connections that were closed at once, because there were too many. From any thread.
  std::uint64_t refused() const;

 private:
  AcceptLoop();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tfld::daemon
