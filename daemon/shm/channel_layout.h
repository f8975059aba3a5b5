// ChannelLayout: where each tensor of a model lies in the slots of a channel.
//
// A channel carries one shape of each tensor. So models fit whose sizes are fixed, or open in their inputs' first one,
// the batch, which is 1 in a channel. The others go over gRPC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "proto/channel/memory.h"
#include "tfld/engine.h"

namespace tfld::daemon {

struct PlacedTensor {
  std::string name;
  engine::ElementType type = engine::ElementType::kFloat32;
  channel::Type wire_type = channel::Type::kFloat32;
  engine::Shape shape;
  std::vector<std::int32_t> shape_signature;  // as in engine::TensorInfo
  std::size_t offset = 0;                     // in its slot
  std::size_t bytes = 0;
};

struct ChannelLayout {
  std::vector<PlacedTensor> inputs;
  std::vector<PlacedTensor> outputs;
  std::size_t slots = 0;
  std::size_t slot_offset = 0;  // of the first one; a page's border, and so each slot's
  std::size_t slot_stride = 0;
  std::size_t region_bytes = 0;
  bool has_open_inputs = false;
};

// UNIMPLEMENTED for a model that does not fit into a channel, with the tensor and the reason; RESOURCE_EXHAUSTED when
// the region would be larger than `max_bytes`. `slots` is 1 to channel::kMaxSlots. Where outputs have open sizes, a
// session is made to see them.
Result<ChannelLayout> LayOutChannel(const engine::Executable& executable, std::size_t slots, std::size_t max_bytes);

// Whether tensors of this entry point have the same names, types and shapes, in the same order.
bool Fits(const ChannelLayout& layout, const engine::EntryPoint& entry);

}  // namespace tfld::daemon
