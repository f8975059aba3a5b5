#include "daemon/shm/channel_layout.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/checked_math.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

using engine::ElementType;
using engine::TensorInfo;

std::optional<channel::Type> WireType(ElementType type) {
  switch (type) {
    case ElementType::kBool: return channel::Type::kBool;
    case ElementType::kUInt8: return channel::Type::kUint8;
    case ElementType::kUInt16: return channel::Type::kUint16;
    case ElementType::kUInt32: return channel::Type::kUint32;
    case ElementType::kUInt64: return channel::Type::kUint64;
    case ElementType::kInt8: return channel::Type::kInt8;
    case ElementType::kInt16: return channel::Type::kInt16;
    case ElementType::kInt32: return channel::Type::kInt32;
    case ElementType::kInt64: return channel::Type::kInt64;
    case ElementType::kFloat16: return channel::Type::kFloat16;
    case ElementType::kBFloat16: return channel::Type::kBFloat16;
    case ElementType::kFloat32: return channel::Type::kFloat32;
    case ElementType::kFloat64: return channel::Type::kFloat64;
    default: return std::nullopt;
  }
}

// Places tensors one behind the other, each with its slack, from the end of the slot's header on.
class Placer {
 public:
  explicit Placer(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  Status Place(const std::vector<TensorInfo>& tensors, std::vector<PlacedTensor>& placed) {
    for (const TensorInfo& info : tensors) {
      TFLD_ASSIGN_OR_RETURN(PlacedTensor tensor, PlaceOne(info));
      placed.push_back(std::move(tensor));
    }
    return {};
  }

  std::size_t end() const { return end_; }

 private:
  Result<PlacedTensor> PlaceOne(const TensorInfo& info) {
    const std::optional<channel::Type> type = WireType(info.type);
    if (!type) {
      return Unimplemented(StrCat("tensor '", info.name, "' is of type ", engine::ElementTypeName(info.type),
                                  ", which a channel cannot carry"));
    }
    const std::size_t bytes = engine::ByteSize(info.type, info.shape.NumElements());
    if (bytes > max_bytes_) {
      return ResourceExhausted(
          StrCat("tensor '", info.name, "' has ", bytes, " bytes; a channel has at most ", max_bytes_));
    }
    PlacedTensor tensor{info.name, info.type, *type, info.shape, info.shape_signature, end_, bytes};
    names_ += info.name.size();
    if (names_ > channel::kMaxNameBytes) return Unimplemented("the names of the tensors are too long for a channel");
    end_ = AlignUp(end_ + bytes + channel::kTensorSlack, channel::kTensorAlignment);
    return tensor;
  }

  const std::size_t max_bytes_;
  std::size_t end_ = sizeof(channel::SlotHeader);
  std::size_t names_ = 0;
};

bool SameTensors(const std::vector<PlacedTensor>& placed, const std::vector<TensorInfo>& tensors) {
  return std::ranges::equal(placed, tensors, [](const PlacedTensor& tensor, const TensorInfo& info) {
    return tensor.type == info.type && tensor.shape == info.shape && tensor.shape_signature == info.shape_signature &&
           tensor.name == info.name;
  });
}

bool IsOpen(const TensorInfo& info) {
  return std::ranges::find(info.shape_signature, -1) != info.shape_signature.end();
}

// Only the batch may be open, and must be one in the shape that the model was planned with.
Status CheckInput(const TensorInfo& info) {
  for (std::size_t axis = 0; axis < info.shape_signature.size(); ++axis) {
    if (info.shape_signature[axis] >= 0 || (axis == 0 && info.shape.dims()[0] == 1)) continue;
    return Unimplemented(StrCat("input '", info.name, "' has an open size, which a channel cannot carry"));
  }
  return {};
}

// An open size may follow from the inputs' sizes, or come out of each run; a session knows.
Status CheckOpenOutputs(const engine::Executable& executable) {
  const std::vector<TensorInfo>& outputs = executable.outputs();
  if (std::ranges::none_of(outputs, IsOpen)) return {};
  TFLD_ASSIGN_OR_RETURN(const auto session, executable.NewSession());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const engine::TensorView view = session->Output(static_cast<int>(i));
    const std::size_t bytes = engine::ByteSize(outputs[i].type, outputs[i].shape.NumElements());
    if (view.shape == outputs[i].shape && view.bytes.size() == bytes) continue;
    return Unimplemented(StrCat("output '", outputs[i].name, "' has a size that only a run can tell"));
  }
  return {};
}

}  // namespace

Result<ChannelLayout> LayOutChannel(const engine::Executable& executable, std::size_t slots, std::size_t max_bytes) {
  const engine::EntryPoint& entry = executable.entry_points()[0];
  const std::size_t tensors = entry.inputs.size() + entry.outputs.size();
  if (tensors > channel::kMaxTensors) {
    return Unimplemented(
        StrCat("the model has ", tensors, " inputs and outputs; a channel carries at most ", channel::kMaxTensors));
  }
  ChannelLayout layout;
  for (const TensorInfo& info : entry.inputs) TFLD_RETURN_IF_ERROR(CheckInput(info));
  layout.has_open_inputs = std::ranges::any_of(entry.inputs, IsOpen);
  Placer placer(max_bytes);
  TFLD_RETURN_IF_ERROR(placer.Place(entry.inputs, layout.inputs));
  TFLD_RETURN_IF_ERROR(placer.Place(entry.outputs, layout.outputs));
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  layout.slots = slots;
  layout.slot_offset = AlignUp(sizeof(channel::RegionHeader), page);
  layout.slot_stride = AlignUp(placer.end(), page);
  // Each tensor has at most max_bytes and there are few: only the product can overflow.
  const std::optional<std::size_t> all = CheckedMul(layout.slot_stride, slots);
  if (!all || *all > max_bytes || *all + layout.slot_offset > max_bytes) {
    return ResourceExhausted(StrCat("a channel of ", slots, " slots with ", layout.slot_stride,
                                    " bytes each is too large: the daemon gives at most ", max_bytes, " bytes"));
  }
  layout.region_bytes = *all + layout.slot_offset;
  TFLD_RETURN_IF_ERROR(CheckOpenOutputs(executable));
  return layout;
}

bool Fits(const ChannelLayout& layout, const engine::EntryPoint& entry) {
  return SameTensors(layout.inputs, entry.inputs) && SameTensors(layout.outputs, entry.outputs);
}

}  // namespace tfld::daemon
