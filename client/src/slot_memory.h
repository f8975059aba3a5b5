// SlotMemory: the pages of one slot of a channel, at an address that stays the same when the channel is made anew.
//
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <span>

#include "client/src/channel_link.h"
#include "engine/base/status.h"
#include "proto/channel/memory.h"

namespace tfld::client {

class SlotMemory {
 public:
  explicit SlotMemory(std::size_t index) : index_(index) {}
  ~SlotMemory();
  SlotMemory(const SlotMemory&) = delete;
  SlotMemory& operator=(const SlotMemory&) = delete;

  // Maps the slot of this link. If another one of the same form was mapped before, its inputs are taken along, and
  // addresses stay valid.
  Status Map(const ChannelLink& link);

  std::size_t index() const { return index_; }
  channel::SlotHeader& header() const { return *reinterpret_cast<channel::SlotHeader*>(data_); }
  std::span<std::byte> bytes(const ChannelForm::Place& place) const { return {data_ + place.offset, place.bytes}; }

 private:
  const std::size_t index_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace tfld::client
