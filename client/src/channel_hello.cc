#include "client/src/channel_hello.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "client/src/socket_probe.h"
#include "client/src/tensor_size.h"
#include "engine/base/str_cat.h"
#include "proto/channel/packets.h"

namespace tfld::client {
namespace {

Status Send(int socket, const ChannelAddress& address) {
  channel::Hello hello{};
  hello.magic = channel::kMagic;
  hello.protocol = channel::kProtocol;
  hello.slots = static_cast<std::uint32_t>(std::min(address.slots, channel::kMaxSlots + 1));
  if (address.model.size() >= sizeof(hello.model)) return NotFound("the model's name is too long");
  if (address.version.size() >= sizeof(hello.version)) return NotFound("the version's name is too long");
  std::ranges::copy(address.model, hello.model);
  std::ranges::copy(address.version, hello.version);
  if (::send(socket, &hello, sizeof(hello), MSG_NOSIGNAL) == sizeof(hello)) return {};
  if (errno == EPIPE || errno == ECONNRESET) return {};  // closed, and why is there to be received
  return Unavailable(StrCat("the daemon does not take a hello: ", std::strerror(errno)));
}

// The packet, cut to what came. Descriptors that came go into `offer`, whatever else is wrong.
Status Receive(std::chrono::steady_clock::time_point until, std::vector<std::byte>& packet, ChannelOffer& offer) {
  packet.resize(channel::kMaxWelcomeBytes);
  iovec part{packet.data(), packet.size()};
  std::array<int, 2> descriptors{-1, -1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(descriptors))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const int socket = offer.socket.get();
  ssize_t size = CallUntil(socket, until, [&] { return ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC); });
  // A daemon that has too many connections closes this one without a look at the hello: an error, and behind it why.
  if (size < 0 && errno == ECONNRESET) size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  if (size <= 0) return Unavailable("the daemon closed the connection, or does not answer");
  const cmsghdr* const header = CMSG_FIRSTHDR(&message);
  if (header != nullptr && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof(descriptors))) {
    std::memcpy(descriptors.data(), CMSG_DATA(header), sizeof(descriptors));
  }
  offer.memory = UniqueDescriptor(descriptors[0]);
  offer.doorbell = UniqueDescriptor(descriptors[1]);
  packet.resize(static_cast<std::size_t>(size));
  return {};
}

Status Nonsense(std::string_view what) { return Internal(StrCat("the daemon's welcome makes no sense: ", what)); }

// Reads the tensors of a Welcome whose counts fit into its packet.
class TensorReader {
 public:
  TensorReader(std::span<const std::byte> table, std::span<const std::byte> names, std::size_t slot_stride)
      : table_(table), names_(names), slot_stride_(slot_stride) {}

  Status Read(std::size_t count, std::vector<TensorInfo>& infos, std::vector<ChannelForm::Place>& places) {
    for (std::size_t i = 0; i < count; ++i) {
      channel::TensorLayout layout;
      std::memcpy(&layout, table_.data() + next_, sizeof(layout));
      next_ += sizeof(layout);
      TFLD_ASSIGN_OR_RETURN(TensorInfo info, ReadInfo(layout));
      const bool inside = layout.offset <= slot_stride_ && layout.bytes <= slot_stride_ - layout.offset &&
                          layout.offset >= sizeof(channel::SlotHeader) &&
                          layout.offset % channel::kTensorAlignment == 0;
      if (!inside) return Nonsense("a tensor lies outside of its slot");
      if (ByteSize(info.type, info.shape) != layout.bytes) return Nonsense("a tensor's size is not that of its shape");
      places.push_back({layout.offset, layout.bytes, info.shape});
      for (std::size_t axis = 0; axis < layout.rank; ++axis) {
        if ((layout.open_axes >> axis & 1U) != 0) info.shape[axis] = -1;
      }
      infos.push_back(std::move(info));
    }
    return {};
  }

 private:
  Result<TensorInfo> ReadInfo(const channel::TensorLayout& layout) const {
    if (layout.type >= channel::kTypes || layout.rank > channel::kMaxRank) return Nonsense("a type or rank");
    if (layout.name_offset > names_.size() || layout.name_bytes > names_.size() - layout.name_offset) {
      return Nonsense("a name");
    }
    TensorInfo info;
    info.name.assign(reinterpret_cast<const char*>(names_.data()) + layout.name_offset, layout.name_bytes);
    info.type = static_cast<DataType>(layout.type);
    info.shape.assign(layout.shape, layout.shape + layout.rank);
    return info;
  }

  const std::span<const std::byte> table_;
  const std::span<const std::byte> names_;
  const std::size_t slot_stride_;
  std::size_t next_ = 0;
};

}  // namespace

Result<ChannelForm> ParseWelcome(std::span<const std::byte> packet, const ChannelAddress& address,
                                 std::size_t& region_bytes) {
  channel::Welcome welcome;
  if (packet.size() < sizeof(welcome)) return Nonsense("it is too short");
  std::memcpy(&welcome, packet.data(), sizeof(welcome));
  if (welcome.magic != channel::kMagic || welcome.protocol != channel::kProtocol) return Nonsense("another protocol");
  if (welcome.code != 0) {
    const std::size_t length = ::strnlen(welcome.message, sizeof(welcome.message));
    if (welcome.code > static_cast<std::uint32_t>(StatusCode::kUnauthenticated)) return Nonsense("a code");
    return Status(static_cast<StatusCode>(welcome.code), std::string(welcome.message, length));
  }
  ChannelForm form;
  form.info.name = address.model;
  if (address.model.empty()) return form;
  const std::uint64_t tensors = std::uint64_t{welcome.inputs} + welcome.outputs;
  if (tensors > channel::kMaxTensors) return Nonsense("the number of tensors");
  const auto rest = packet.subspan(sizeof(welcome));
  const std::size_t table_bytes = tensors * sizeof(channel::TensorLayout);
  if (rest.size() < table_bytes) return Nonsense("it is too short");
  const std::uint64_t begin = welcome.slot_offset;
  const bool slots_inside = welcome.slots == address.slots && begin >= sizeof(channel::RegionHeader) &&
                            begin <= welcome.region_bytes && welcome.slot_stride >= sizeof(channel::SlotHeader) &&
                            welcome.slot_stride <= (welcome.region_bytes - begin) / address.slots;
  if (!slots_inside) return Nonsense("the slots do not lie in the memory");
  form.slots = welcome.slots;
  form.slot_offset = begin;
  form.slot_stride = welcome.slot_stride;
  TensorReader reader(rest.first(table_bytes), rest.subspan(table_bytes), welcome.slot_stride);
  TFLD_RETURN_IF_ERROR(reader.Read(welcome.inputs, form.info.inputs, form.inputs));
  TFLD_RETURN_IF_ERROR(reader.Read(welcome.outputs, form.info.outputs, form.outputs));
  region_bytes = welcome.region_bytes;
  return form;
}

Result<ChannelOffer> RequestChannel(const ChannelAddress& address, std::chrono::steady_clock::time_point deadline) {
  const auto until = PatienceEnds(deadline);
  ChannelOffer offer;
  TFLD_ASSIGN_OR_RETURN(offer.socket, ConnectSocket(address.socket_path, SOCK_SEQPACKET, until));
  TFLD_RETURN_IF_ERROR(Send(offer.socket.get(), address));
  std::vector<std::byte> packet;
  TFLD_RETURN_IF_ERROR(Receive(until, packet, offer));
  TFLD_ASSIGN_OR_RETURN(offer.form, ParseWelcome(packet, address, offer.region_bytes));
  return offer;
}

}  // namespace tfld::client
