// The client's side of the two packets of shm.sock.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>

#include "client/src/channel_link.h"
#include "client/src/unique_descriptor.h"
#include "engine/base/result.h"

namespace tfld::client {

// What the daemon passed.
struct ChannelOffer {
  UniqueDescriptor socket;
  UniqueDescriptor memory;    // -1 when only asked
  UniqueDescriptor doorbell;  // the same
  ChannelForm form;
  std::size_t region_bytes = 0;
};

// Errors are those of ChannelLink::Open.
Result<ChannelOffer> RequestChannel(const ChannelAddress& address, std::chrono::steady_clock::time_point deadline);

// The form that a Welcome tells. Errors: the daemon's refusal; INTERNAL when the packet makes no sense: every offset
// and size in the result lies within the region, and all but the names was checked against it.
Result<ChannelForm> ParseWelcome(std::span<const std::byte> packet, const ChannelAddress& address,
                                 std::size_t& region_bytes);

}  // namespace tfld::client
