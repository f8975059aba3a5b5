// Makes sparse constants dense at load, so that no kernel has to know how they were stored.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/base/status.h"
#include "engine/graph/graph.h"

namespace tfld::engine {

// Expands the sparse constants that anything but DENSIFY reads. Their new memory is added to `storage`; `bytes` grows
// by its size. RESOURCE_EXHAUSTED when it would exceed `max_bytes`.
Status ExpandSparseConstants(Graph& graph, std::size_t max_bytes, std::vector<std::shared_ptr<const void>>& storage,
                             std::size_t& bytes);

}  // namespace tfld::engine
