// What the few operators that reach beyond their tensors may ask of the session that runs them.
#pragma once

#include <cstddef>
#include <span>
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

// Implemented by the session. Thread rule: only from Kernel::Run of that session.
class SessionServices {
 public:
  virtual ~SessionServices() = default;

  // A resource tensor's element is the index of its variable. INVALID_ARGUMENT when there is none.
  virtual ResourceVariable* FindResource(std::int32_t handle) = 0;

  // Runs a whole subgraph that has no inputs and outputs, at most once between two Resets (CALL_ONCE).
  virtual Status RunOnce(int graph_index) = 0;
};

}  // namespace tfld::engine
