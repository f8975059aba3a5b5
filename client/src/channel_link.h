// ChannelLink: one open shared-memory channel: the socket that it lives by, its doorbell, its memory and its form.
//
// Thread rule: immutable, and all methods from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/src/transport.h"
#include "client/src/unique_descriptor.h"
#include "engine/base/result.h"
#include "proto/channel/memory.h"

namespace tfld::client {

inline constexpr std::chrono::steady_clock::time_point kNoDeadline = std::chrono::steady_clock::time_point::max();

// What to ask for.
struct ChannelAddress {
  std::string socket_path;
  std::string model;  // empty: whether the daemon serves
  std::string version;
  std::size_t slots = 1;
};

// Where things lie in the memory. Equal forms are interchangeable.
struct ChannelForm {
  struct Place {
    std::size_t offset = 0;  // in its slot
    std::size_t bytes = 0;
    std::vector<std::int64_t> shape;  // without open sizes
    bool operator==(const Place&) const = default;
  };
  ModelInfo info;
  std::vector<Place> inputs;
  std::vector<Place> outputs;
  std::size_t slots = 0;
  std::size_t slot_offset = 0;
  std::size_t slot_stride = 0;
  bool operator==(const ChannelForm&) const = default;
};

// UNAVAILABLE when no daemon answers on the socket, or when it does not serve yet.
Status AskChannel(const std::string& socket_path);

class ChannelLink {
 public:
  // Errors: UNAVAILABLE when nobody answers, for kPatience or until the deadline; what the daemon answers; INTERNAL
  // when its answer makes no sense.
  static Result<std::shared_ptr<const ChannelLink>> Open(const ChannelAddress& address,
                                                         std::chrono::steady_clock::time_point deadline = kNoDeadline);
  ~ChannelLink();

  const ChannelForm& form() const { return form_; }
  int memory() const { return memory_.get(); }

  // The daemon takes no more requests here.
  bool closed() const;
  // Nor has it taken the one that the slot was posted with last, and never will.
  bool closed_before(std::size_t slot) const;
  // The daemon is gone. A system call.
  bool gone() const;
  // Tells the daemon that the slot was posted.
  void Ring(std::size_t slot) const;

 private:
  ChannelLink() = default;
  Status MapHeader();

  UniqueDescriptor socket_;
  UniqueDescriptor memory_;
  UniqueDescriptor doorbell_;
  ChannelForm form_;
  channel::RegionHeader* header_ = nullptr;
  mutable std::atomic<int> ringing_{0};  // threads
};

}  // namespace tfld::client
