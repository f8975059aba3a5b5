// The two packets of shm.sock: reading a Hello that anybody may have sent, and writing the Welcome.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "daemon/shm/channel_layout.h"
#include "engine/base/result.h"

namespace tfld::daemon {

// What a client asks for, checked in its form.
struct ChannelRequest {
  std::string model;    // empty: only asks whether the daemon serves
  std::string version;  // empty: the active one, at each request
  std::size_t slots = 1;
};

// INVALID_ARGUMENT for bytes that are no Hello; UNIMPLEMENTED for another protocol's; RESOURCE_EXHAUSTED for more than
// `max_slots`.
Result<ChannelRequest> ParseHello(std::span<const std::byte> packet, std::size_t max_slots);

std::vector<std::byte> EncodeWelcome(const ChannelLayout& layout, std::size_t region_bytes, std::uint64_t version);
// Of a refusal, or with OK of the answer to a Hello that only asks.
std::vector<std::byte> EncodeWelcome(const Status& status);

}  // namespace tfld::daemon
