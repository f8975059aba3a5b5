// RawClient: speaks the channel's protocol by hand, so that it can speak it wrongly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "proto/channel/memory.h"

namespace tfld::test {

// A packet, and descriptors along with it. False when it is not taken.
bool SendPacket(int socket, std::span<const std::byte> packet, std::span<const int> descriptors);

class RawClient {
 public:
  explicit RawClient(const std::string& socket_path);
  ~RawClient();  // as a process that is killed: everything goes at once
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False when the daemon does not take it.
  bool Send(std::span<const std::byte> packet, std::span<const int> descriptors = {}) const;
  bool Send(const channel::Hello& hello) const;
  // What the daemon says; empty when it closes the connection instead.
  std::vector<std::byte> Receive();
  // The code in a Welcome; a number that is no code when there is none.
  std::uint32_t ReceiveCode();

  // A good hello and its welcome, mapped.
  void Open(const std::string& model, std::uint32_t slots);

  const channel::Welcome& welcome() const { return welcome_; }
  const std::vector<channel::TensorLayout>& tensors() const { return tensors_; }
  channel::RegionHeader& header() const { return *reinterpret_cast<channel::RegionHeader*>(memory_); }
  channel::SlotHeader& slot(std::size_t index) const;
  std::byte* tensor(std::size_t slot, std::size_t index) const;
  std::span<std::byte> memory() const { return {memory_, welcome_.region_bytes}; }
  int memory_descriptor() const { return descriptors_[0]; }
  int doorbell() const { return descriptors_[1]; }

  void Ring() const;
  // Posts as the protocol says.
  void Post(std::size_t slot, std::uint64_t id, std::int64_t deadline_ns = 0, std::uint32_t priority = 0) const;
  // Returns when the slot says that it is done.
  void Await(std::size_t slot) const;

 private:
  int socket_ = -1;
  int descriptors_[2] = {-1, -1};
  channel::Welcome welcome_{};
  std::vector<channel::TensorLayout> tensors_;
  std::byte* memory_ = nullptr;
};

channel::Hello GoodHello(const std::string& model, std::uint32_t slots = 1);

}  // namespace tfld::test
