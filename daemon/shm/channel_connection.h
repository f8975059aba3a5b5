// ChannelConnection: one accepted socket of the channel's door, from its hello to its end.
//
// Thread rule: the server's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "daemon/scheduler/job.h"
#include "daemon/shm/channel.h"
#include "daemon/shm/shm_context.h"

namespace tfld::daemon {

class ChannelConnection {
 public:
  // Owns `descriptor`, which is non-blocking.
  ChannelConnection(int descriptor, const JobClient& client, SteadyTime now);
  // Closes the channel, whose requests are cancelled, unless the daemon has ended it; and then the socket.
  ~ChannelConnection();
  ChannelConnection(const ChannelConnection&) = delete;
  ChannelConnection& operator=(const ChannelConnection&) = delete;

  const JobClient& client() const { return client_; }
  const std::shared_ptr<Channel>& channel() const { return channel_; }

  // Reads what came, and answers it. `bytes_left` is what the channel's memory may take. False when the connection is
  // to be closed: its other end is gone, it said what it may not say, or does not take its answer.
  bool OnReadable(const ShmContext& context, const ShmLimits& limits, std::size_t bytes_left);

  // Whether it has been silent for too long.
  bool Overdue(const ShmLimits& limits, SteadyTime now);

  // The daemon ends the channel: the client may try again elsewhere. False while requests that it had taken by then are
  // under way: they are still answered, and their client is to find its socket open meanwhile. To be called again then.
  bool End();
  // The same for a daemon that stops: it does not wait for what is under way.
  void CloseChannel();

 private:
  Status Answer(const ShmContext& context, const ShmLimits& limits, const ChannelRequest& request,
                std::size_t bytes_left);
  bool Send(const std::vector<std::byte>& packet, bool with_descriptors);

  const int descriptor_;
  const JobClient client_;
  std::shared_ptr<Channel> channel_;
  SteadyTime quiet_since_;
  std::uint64_t seen_activity_ = 0;
  bool ended_ = false;  // by the daemon
};

}  // namespace tfld::daemon
