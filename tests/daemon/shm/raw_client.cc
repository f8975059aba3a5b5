#include "tests/daemon/shm/raw_client.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <thread>

namespace tfld::test {

RawClient::RawClient(const std::string& socket_path) : socket_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size());
  EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
}

RawClient::~RawClient() {
  if (memory_ != nullptr) ::munmap(memory_, welcome_.region_bytes);
  for (const int descriptor : {socket_, descriptors_[0], descriptors_[1]}) {
    if (descriptor >= 0) ::close(descriptor);
  }
}

bool SendPacket(int socket, std::span<const std::byte> packet, std::span<const int> descriptors) {
  iovec part{const_cast<std::byte*>(packet.data()), packet.size()};
  std::vector<char> control(CMSG_SPACE(descriptors.size_bytes()));
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
  }
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(packet.size());
}

bool RawClient::Send(std::span<const std::byte> packet, std::span<const int> descriptors) const {
  return SendPacket(socket_, packet, descriptors);
}

bool RawClient::Send(const channel::Hello& hello) const { return Send(std::as_bytes(std::span(&hello, 1))); }

std::vector<std::byte> RawClient::Receive() {
  std::vector<std::byte> packet(channel::kMaxWelcomeBytes);
  iovec part{packet.data(), packet.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(descriptors_))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  const ssize_t size = ::recvmsg(socket_, &message, MSG_CMSG_CLOEXEC);
  if (const cmsghdr* const header = CMSG_FIRSTHDR(&message); size > 0 && header != nullptr) {
    std::memcpy(descriptors_, CMSG_DATA(header), sizeof(descriptors_));
  }
  packet.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  return packet;
}

std::uint32_t RawClient::ReceiveCode() {
  const std::vector<std::byte> packet = Receive();
  if (packet.size() < sizeof(welcome_)) return 1000;
  std::memcpy(&welcome_, packet.data(), sizeof(welcome_));
  return welcome_.code;
}

void RawClient::Open(const std::string& model, std::uint32_t slots) {
  ASSERT_TRUE(Send(GoodHello(model, slots)));
  const std::vector<std::byte> packet = Receive();
  ASSERT_GE(packet.size(), sizeof(welcome_));
  std::memcpy(&welcome_, packet.data(), sizeof(welcome_));
  ASSERT_EQ(welcome_.code, 0U) << welcome_.message;
  tensors_.resize(welcome_.inputs + welcome_.outputs);
  ASSERT_GE(packet.size(), sizeof(welcome_) + tensors_.size() * sizeof(channel::TensorLayout));
  std::memcpy(tensors_.data(), packet.data() + sizeof(welcome_), tensors_.size() * sizeof(channel::TensorLayout));
  void* const mapped =
      ::mmap(nullptr, welcome_.region_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory_descriptor(), 0);
  ASSERT_NE(mapped, MAP_FAILED);
  memory_ = static_cast<std::byte*>(mapped);
}

channel::SlotHeader& RawClient::slot(std::size_t index) const {
  return *reinterpret_cast<channel::SlotHeader*>(memory_ + welcome_.slot_offset + index * welcome_.slot_stride);
}

std::byte* RawClient::tensor(std::size_t slot_index, std::size_t index) const {
  return reinterpret_cast<std::byte*>(&slot(slot_index)) + tensors_[index].offset;
}

void RawClient::Ring() const { ::eventfd_write(doorbell(), 1); }

void RawClient::Post(std::size_t index, std::uint64_t id, std::int64_t deadline_ns, std::uint32_t priority) const {
  channel::Request& request = slot(index).request;  // by words: some tests scribble here at the same time
  std::atomic_ref(request.id).store(id, std::memory_order_relaxed);
  std::atomic_ref(request.deadline_ns).store(deadline_ns, std::memory_order_relaxed);
  std::atomic_ref(request.priority).store(priority, std::memory_order_relaxed);
  std::atomic_ref(request.cancelled).store(0, std::memory_order_relaxed);
  std::atomic_ref(slot(index).state).store(channel::kPosted);
  std::atomic_ref(header().posted).fetch_or(std::uint64_t{1} << index);
  Ring();
}

void RawClient::Await(std::size_t index) const {
  while (std::atomic_ref(slot(index).state).load() != channel::kDone) std::this_thread::yield();
}

channel::Hello GoodHello(const std::string& model, std::uint32_t slots) {
  channel::Hello hello{};
  hello.magic = channel::kMagic;
  hello.protocol = channel::kProtocol;
  hello.slots = slots;
  std::copy(model.begin(), model.end(), hello.model);
  return hello;
}

}  // namespace tfld::test
