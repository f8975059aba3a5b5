// ChannelServer: the door of shm.sock. Learns who connects, answers one hello each, and lets a channel live as long as
// its connection.
//
// Thread rule: one thread of its own, which waits on all connections; requests never pass through it. Start and Stop
// belong to one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "daemon/shm/shm_context.h"
#include "engine/base/result.h"

namespace tfld::daemon {

class ChannelServer {
 public:
  // Owns `listening_socket` (SOCK_SEQPACKET, non-blocking), also when it fails.
  static Result<std::unique_ptr<ChannelServer>> Start(int listening_socket, const ShmContext& context,
                                                      const ShmLimits& limits);
  ~ChannelServer();  // stops

  // No new connections; channels go on.
  void StopAccepting();
  // Closes every channel: their clients are told. The scheduler may have stopped, but must be there still; requests
  // that it has taken keep what they need alive.
  void Stop();

  // Channels that are open.
  std::size_t channels() const;
  // Connections that were not taken, because there were too many.
  std::uint64_t refused() const;

 private:
  ChannelServer();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tfld::daemon
