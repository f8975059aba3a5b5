// FakeDoor and FakeChannel: a daemon's end of a shared-memory channel that does what the test says, without a daemon.
#pragma once

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/shm/channel_layout.h"
#include "daemon/shm/channel_memory.h"
#include "daemon/shm/slot_wake.h"
#include "daemon/shm/welcome.h"
#include "proto/channel/memory.h"
#include "proto/channel/packets.h"
#include "tests/daemon/shm/raw_client.h"
#include "tests/support/temp_dir.h"

namespace tfld::test {

// The door of shm.sock without a daemon behind it. Only one connection waits before it; the next blocks.
class FakeDoor {
 public:
  FakeDoor() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size());
    EXPECT_EQ(::bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::listen(listening_, 0), 0);
    constexpr timeval kLimit{30, 0};
    ::setsockopt(listening_, SOL_SOCKET, SO_RCVTIMEO, &kLimit, sizeof(kLimit));
  }
  ~FakeDoor() { ::close(listening_); }

  int Accept() const {
    const int socket = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    EXPECT_GE(socket, 0);
    return socket;
  }
  // The next one that says hello.
  int AcceptHello() const {
    for (;;) {
      const int socket = Accept();
      channel::Hello hello;
      if (socket < 0 || ::recv(socket, &hello, sizeof(hello), 0) == sizeof(hello)) return socket;
      ::close(socket);  // it only looked whether somebody is here
    }
  }

  const TempDir directory;
  const std::string path = directory / "shm.sock";

 private:
  const int listening_ = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
};

// The daemon's end of a channel, of a model without tensors.
class FakeChannel {
  static inline const std::size_t kPage = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));

 public:
  explicit FakeChannel(int socket, std::size_t slots = 1)
      : socket_(socket), memory_(*daemon::ChannelMemory::Create((1 + slots) * kPage)) {
    layout_.slots = slots;
    layout_.slot_offset = layout_.slot_stride = kPage;
    header().magic = channel::kMagic;
    header().protocol = channel::kProtocol;
    header().state = channel::kOpen;
  }
  ~FakeChannel() {
    Die();
    ::close(doorbell_);
  }

  void Welcome() {
    const std::vector<std::byte> packet = daemon::EncodeWelcome(layout_, memory_.size(), 1);
    const int descriptors[] = {memory_.descriptor(), doorbell_};
    EXPECT_TRUE(SendPacket(socket_, packet, descriptors));
  }
  void AwaitPost() {
    while (std::atomic_ref(header().posted).load() == 0) std::this_thread::yield();
  }
  void Take() {
    AwaitPost();
    std::atomic_ref(header().posted).store(0);
  }
  // How often the client has rung since the last time.
  std::uint64_t Rings() const {
    eventfd_t rings = 0;
    return ::eventfd_read(doorbell_, &rings) == 0 ? rings : 0;
  }
  void Answer(std::size_t index = 0) {
    slot(index).answer = {};
    slot(index).answer.id = slot(index).request.id;
    slot(index).answer.version = 1;
    daemon::SetSlotState(slot(index), channel::kDone, nullptr);
  }
  void Close() {
    std::atomic_ref(header().state).store(channel::kClosed);
    for (std::size_t i = 0; i < layout_.slots; ++i) daemon::WakeSleepers(slot(i));
  }
  // As a daemon that is killed.
  void Die() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

 private:
  channel::RegionHeader& header() { return *reinterpret_cast<channel::RegionHeader*>(memory_.data()); }
  channel::SlotHeader& slot(std::size_t index) {
    return *reinterpret_cast<channel::SlotHeader*>(memory_.data() + layout_.slot_offset + index * layout_.slot_stride);
  }

  int socket_;
  const int doorbell_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  daemon::ChannelLayout layout_;
  daemon::ChannelMemory memory_;
};

}  // namespace tfld::test
