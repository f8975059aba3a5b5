// Runs a node at load when all its inputs are constant, and makes its outputs constants.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "engine/graph/graph.h"
#include "engine/kernels/operator.h"

namespace tfld::engine {

// How many operations (operation_count.h) it takes to fold `node_index`; nothing when it may not be folded: the
// operator forbids it, there are no inputs, one is not constant, or the outputs have no fixed size of at most
// `max_bytes`.
std::optional<double> FoldingCost(const Graph& graph, int node_index, const Operator& definition,
                                  std::size_t max_bytes);

// Runs the portable kernel. The outputs' memory is added to `storage`; `bytes` grows by its size. RESOURCE_EXHAUSTED
// when the kernel wants an intermediate buffer of more than `max_bytes`, or there is no memory.
Status Fold(Graph& graph, int node_index, const Operator& definition, std::size_t max_bytes, GraphCaller& caller,
            std::vector<std::shared_ptr<const void>>& storage, std::size_t& bytes);

}  // namespace tfld::engine
