#include "daemon/shm/channel_connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/lifecycle/readiness.h"
#include "daemon/shm/welcome.h"
#include "proto/channel/packets.h"

namespace tfld::daemon {

ChannelConnection::ChannelConnection(int descriptor, const JobClient& client, SteadyTime now)
    : descriptor_(descriptor), client_(client), quiet_since_(now) {}

// In this order: a client that finds its socket closed knows by the memory whether its request was taken.
ChannelConnection::~ChannelConnection() {
  if (channel_ != nullptr && !ended_) channel_->Close(/*cancel=*/true);
  ::close(descriptor_);
}

// Descriptors that a client passes are dropped by the kernel, as nothing here asks for them.
bool ChannelConnection::OnReadable(const ShmContext& context, const ShmLimits& limits, std::size_t bytes_left) {
  std::array<std::byte, sizeof(channel::Hello) + 1> buffer;
  const ssize_t size = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  if (size == 0 || channel_ != nullptr) return false;  // gone; or a second packet
  const auto request = ParseHello(std::span(buffer).first(static_cast<std::size_t>(size)), limits.max_slots);
  const Status status = request.ok() ? Answer(context, limits, *request, bytes_left) : request.status();
  if (!status.ok() || request->model.empty()) {
    Send(EncodeWelcome(status), /*with_descriptors=*/false);
    return false;
  }
  const bool sent = Send(EncodeWelcome(channel_->layout(), channel_->memory().size(), channel_->first_version()),
                         /*with_descriptors=*/true);
  channel_->memory().CloseDescriptor();
  return sent;
}

Status ChannelConnection::Answer(const ShmContext& context, const ShmLimits& limits, const ChannelRequest& request,
                                 std::size_t bytes_left) {
  TFLD_RETURN_IF_ERROR(context.readiness->Check());
  if (request.model.empty()) return {};
  TFLD_ASSIGN_OR_RETURN(channel_, Channel::Open(context, client_, request, std::min(limits.max_bytes, bytes_left)));
  return {};
}

bool ChannelConnection::Send(const std::vector<std::byte>& packet, bool with_descriptors) {
  iovec part{const_cast<std::byte*>(packet.data()), packet.size()};
  std::array<int, 2> descriptors{};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(descriptors))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (with_descriptors) {
    descriptors = {channel_->memory().descriptor(), channel_->doorbell()};
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(descriptors));
    std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof(descriptors));
  }
  return ::sendmsg(descriptor_, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == static_cast<ssize_t>(packet.size());
}

bool ChannelConnection::Overdue(const ShmLimits& limits, SteadyTime now) {
  if (channel_ == nullptr) return now - quiet_since_ >= limits.hello_timeout;
  if (ended_) return true;
  if (limits.idle_timeout.count() == 0) return false;
  const std::uint64_t activity = channel_->activity();
  if (activity != seen_activity_ || channel_->busy()) quiet_since_ = now;
  seen_activity_ = activity;
  return now - quiet_since_ >= limits.idle_timeout;
}

// Whatever is under way holds the channel until its client was told.
bool ChannelConnection::End() {
  if (channel_ == nullptr) return true;
  if (!std::exchange(ended_, true)) channel_->Close(/*cancel=*/false);
  return channel_.use_count() == 1;
}

void ChannelConnection::CloseChannel() {
  End();
  channel_.reset();
}

}  // namespace tfld::daemon
