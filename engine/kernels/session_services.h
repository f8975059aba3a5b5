// What the few operators that reach beyond their tensors may ask of the session that runs them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/base/status.h"
#include "engine/tensor/element_type.h"
#include "engine/tensor/shape.h"

namespace tfld::engine {

// A resource variable: a tensor that outlives a run. Its first assignment gives it type, shape and memory.
struct ResourceVariable {
  bool assigned = false;
  ElementType type = ElementType::kFloat32;
  Shape shape;
  std::vector<std::byte> data;
};

// A hash table, from the bytes of a key to those of its value. It is filled once between two Resets.
struct HashTable {
  bool is_filled = false;
  std::unordered_map<std::string, std::string> entries;
};

// Implemented by the session. Thread rule: only from Kernel::Run of that session.
class SessionServices {
 public:
  virtual ~SessionServices() = default;

  // A resource tensor's element is the index of its variable. INVALID_ARGUMENT when there is none.
  virtual ResourceVariable* FindResource(std::int32_t handle) = 0;
  // The same for hash tables.
  virtual HashTable* FindTable(std::int32_t handle) = 0;

  // Runs a whole subgraph that has no inputs and outputs, at most once between two Resets (CALL_ONCE).
  virtual Status RunOnce(int graph_index) = 0;

  // Runs the steps of a graph of the plan. Its inputs must have been copied to their slots.
  virtual Status RunGraph(int graph_index) = 0;
  virtual std::span<const std::int32_t> InputSlots(int graph_index) const = 0;
  virtual std::span<const std::int32_t> OutputSlots(int graph_index) const = 0;
  // The memory of a slot, valid until a slot is resized or copied to.
  virtual const std::byte* SlotData(std::int32_t slot) const = 0;

  // Gives a dynamic slot its shape and at least `bytes` of memory, whose contents are lost when it grows.
  // RESOURCE_EXHAUSTED when all dynamic tensors together would pass the limit.
  virtual Status ResizeSlot(std::int32_t slot, const Shape& shape, std::size_t bytes) = 0;
  // Copies shape and contents. INTERNAL when `to` has a fixed shape and it is another one.
  virtual Status CopySlot(std::int32_t from, std::int32_t to) = 0;
};

}  // namespace tfld::engine
