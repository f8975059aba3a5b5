// The part of a session that serves operators whose tensors get their sizes while it runs.
#include <cstring>

#include "engine/base/str_cat.h"
#include "engine/runtime/session_impl.h"
#include "engine/tensor/string_tensor.h"

namespace tfld::engine {

std::span<const std::int32_t> Session::Impl::InputSlots(int graph_index) const {
  return plan->graphs[static_cast<std::size_t>(graph_index)].input_slots;
}

std::span<const std::int32_t> Session::Impl::OutputSlots(int graph_index) const {
  return plan->graphs[static_cast<std::size_t>(graph_index)].output_slots;
}

const std::byte* Session::Impl::SlotData(std::int32_t slot) const {
  return static_cast<const std::byte*>(buffers[static_cast<std::size_t>(slot)]);
}

std::size_t Session::Impl::SlotBytes(std::int32_t slot) const {
  const auto index = static_cast<std::size_t>(slot);
  return plan->slots[index].is_dynamic ? dynamic[index].bytes : plan->slots[index].bytes;
}

Status Session::Impl::ResizeSlot(std::int32_t slot, const Shape& shape, std::size_t bytes) {
  const auto index = static_cast<std::size_t>(slot);
  if (!plan->slots[index].is_dynamic) return Internal("a tensor of fixed size was to be resized");
  DynamicMemory& own = dynamic[index];
  if (bytes > own.capacity || own.memory == nullptr) {
    const std::size_t others = dynamic_bytes - own.capacity;
    if (bytes > plan->max_dynamic_bytes || others > plan->max_dynamic_bytes - bytes) {
      return ResourceExhausted(StrCat("a tensor of ", shape.ToString(), " needs ", bytes, " bytes beside ", others,
                                      " of others; the limit is ", plan->max_dynamic_bytes));
    }
    own = {};
    dynamic_bytes = others;
    own.memory = AllocateZeroed(bytes);
    if (own.memory == nullptr) return ResourceExhausted(StrCat("no memory for a tensor of ", bytes, " bytes"));
    own.capacity = bytes;
    dynamic_bytes += bytes;
    buffers[index] = own.memory.get();
  }
  own.bytes = bytes;
  shapes[index] = shape;
  return {};
}

Status Session::Impl::CopySlot(std::int32_t from, std::int32_t to) {
  const auto source = static_cast<std::size_t>(from);
  const auto target = static_cast<std::size_t>(to);
  const std::size_t bytes = SlotBytes(from);
  if (plan->slots[target].constant != nullptr) return {};  // a constant that the caller passed in
  if (plan->slots[target].is_dynamic) {
    TFLD_RETURN_IF_ERROR(ResizeSlot(to, shapes[source], bytes));
  } else if (shapes[source] != shapes[target] || bytes != plan->slots[target].bytes) {
    return Internal(
        StrCat("a tensor of ", shapes[source].ToString(), " was to be copied to one of ", shapes[target].ToString()));
  }
  if (bytes > 0) std::memmove(buffers[target], buffers[source], bytes);
  return {};
}

// A dynamic tensor that nothing has written is empty, or holds empty strings.
Status Session::Impl::Empty(std::int32_t slot) {
  const auto index = static_cast<std::size_t>(slot);
  const bool is_text = plan->slots[index].type == ElementType::kString;
  if (!is_text) return ResizeSlot(slot, {0}, 0);
  const std::size_t count = static_cast<std::size_t>(plan->slots[index].shape.NumElements());
  const std::size_t bytes = StringTableBytes(count);
  TFLD_RETURN_IF_ERROR(ResizeSlot(slot, plan->slots[index].shape, bytes));
  WriteEmptyStrings(count, static_cast<std::byte*>(buffers[index]));
  return {};
}

}  // namespace tfld::engine
