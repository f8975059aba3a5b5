#include "daemon/shm/welcome.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "engine/base/str_cat.h"
#include "proto/channel/packets.h"

namespace tfld::daemon {
namespace {

// A padded text with the zero byte that ends it.
template <std::size_t kSize>
Result<std::string> ReadText(const char (&field)[kSize], std::string_view what) {
  const void* end = std::memchr(field, 0, kSize);
  if (end == nullptr) return InvalidArgument(StrCat("the ", what, " of the hello has no end"));
  return std::string(field, static_cast<const char*>(end));
}

channel::Welcome EmptyWelcome() {
  channel::Welcome welcome{};
  welcome.magic = channel::kMagic;
  welcome.protocol = channel::kProtocol;
  return welcome;
}

// Writes one thing behind the other into a packet of the right size.
class PacketWriter {
 public:
  explicit PacketWriter(std::size_t bytes) : packet_(bytes) {}

  void Append(const void* bytes, std::size_t size) {
    if (size > 0) std::memcpy(packet_.data() + end_, bytes, size);
    end_ += size;
  }
  std::vector<std::byte> Take() { return std::move(packet_); }

 private:
  std::vector<std::byte> packet_;
  std::size_t end_ = 0;
};

channel::TensorLayout Describe(const PlacedTensor& tensor, std::string& names) {
  channel::TensorLayout layout{};
  layout.type = static_cast<std::uint32_t>(tensor.wire_type);
  layout.rank = static_cast<std::uint32_t>(tensor.shape.rank());
  std::ranges::copy(tensor.shape.dims(), layout.shape);
  layout.offset = tensor.offset;
  layout.bytes = tensor.bytes;
  layout.name_offset = static_cast<std::uint32_t>(names.size());
  layout.name_bytes = static_cast<std::uint32_t>(tensor.name.size());
  names += tensor.name;
  for (std::size_t axis = 0; axis < tensor.shape_signature.size(); ++axis) {
    if (tensor.shape_signature[axis] < 0) layout.open_axes |= 1U << axis;
  }
  return layout;
}

}  // namespace

Result<ChannelRequest> ParseHello(std::span<const std::byte> packet, std::size_t max_slots) {
  channel::Hello hello{};
  if (packet.size() != sizeof(hello)) {
    return InvalidArgument(StrCat("a hello has ", sizeof(hello), " bytes, not ", packet.size()));
  }
  std::memcpy(&hello, packet.data(), sizeof(hello));
  if (hello.magic != channel::kMagic) return InvalidArgument("this is no hello");
  if (hello.protocol != channel::kProtocol || hello.reserved != 0) {
    return Unimplemented(StrCat("this daemon speaks version ", channel::kProtocol, " of the channel's protocol"));
  }
  ChannelRequest request;
  TFLD_ASSIGN_OR_RETURN(request.model, ReadText(hello.model, "model"));
  TFLD_ASSIGN_OR_RETURN(request.version, ReadText(hello.version, "version"));
  request.slots = hello.slots;
  if (request.slots == 0) return InvalidArgument("a channel has at least one slot");
  if (request.slots > max_slots) {
    return ResourceExhausted(StrCat(request.slots, " slots; the daemon gives a channel at most ", max_slots));
  }
  return request;
}

std::vector<std::byte> EncodeWelcome(const ChannelLayout& layout, std::size_t region_bytes, std::uint64_t version) {
  channel::Welcome welcome = EmptyWelcome();
  welcome.slots = static_cast<std::uint32_t>(layout.slots);
  welcome.inputs = static_cast<std::uint32_t>(layout.inputs.size());
  welcome.outputs = static_cast<std::uint32_t>(layout.outputs.size());
  welcome.region_bytes = region_bytes;
  welcome.slot_offset = layout.slot_offset;
  welcome.slot_stride = layout.slot_stride;
  welcome.version = version;
  std::string names;
  std::vector<channel::TensorLayout> tensors;
  for (const PlacedTensor& tensor : layout.inputs) tensors.push_back(Describe(tensor, names));
  for (const PlacedTensor& tensor : layout.outputs) tensors.push_back(Describe(tensor, names));
  const std::size_t table_bytes = tensors.size() * sizeof(channel::TensorLayout);
  PacketWriter packet(sizeof(welcome) + table_bytes + names.size());
  packet.Append(&welcome, sizeof(welcome));
  packet.Append(tensors.data(), table_bytes);
  packet.Append(names.data(), names.size());
  return packet.Take();
}

std::vector<std::byte> EncodeWelcome(const Status& status) {
  channel::Welcome welcome = EmptyWelcome();
  welcome.code = static_cast<std::uint32_t>(status.code());
  const std::string_view message = status.message().substr(0, sizeof(welcome.message) - 1);
  std::ranges::copy(message, welcome.message);
  PacketWriter packet(sizeof(welcome));
  packet.Append(&welcome, sizeof(welcome));
  return packet.Take();
}

}  // namespace tfld::daemon
