// How large a tensor may be.
#pragma once

#include "engine/base/status.h"
#include "engine/graph/graph.h"

namespace tfld::engine {

// RESOURCE_EXHAUSTED, with what the value needs, when it has more than `max_bytes` bytes, or is not CheckEmpty.
Status CheckSize(const Graph& graph, ValueId id, std::size_t max_bytes);

// A tensor without elements needs no memory, however long its other axes are; but kernels go along them. So their
// product is held to `max_bytes` too. OK for a tensor that has elements.
Status CheckEmpty(const Graph& graph, ValueId id, std::size_t max_bytes);

}  // namespace tfld::engine
