// Runs a node at load when all its inputs are constant, and makes its outputs constants.
#pragma once

#include <memory>
#include <vector>

#include "engine/graph/graph.h"
#include "engine/kernels/operator.h"

namespace tfld::engine {

// True when `node_index` may be folded: the operator allows it, there are inputs, all of them constant, and the outputs
// have a fixed size of at most `max_bytes`, and it is of at most `max_operations` (operation_count.h).
bool CanFold(const Graph& graph, int node_index, const Operator& definition, std::size_t max_bytes,
             double max_operations);

// Runs the portable kernel. The outputs' memory is added to `storage`; `bytes` grows by its size. RESOURCE_EXHAUSTED
// when the kernel wants an intermediate buffer of more than `max_bytes`, or there is no memory.
Status Fold(Graph& graph, int node_index, const Operator& definition, std::size_t max_bytes, GraphCaller& caller,
            std::vector<std::shared_ptr<const void>>& storage, std::size_t& bytes);

}  // namespace tfld::engine
