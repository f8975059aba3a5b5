// Readable text for parts of graphs, for messages.
#pragma once

#include <string>

#include "engine/graph/graph.h"

namespace tfld::engine {

// "tensor 12 (conv1/weights) int8 [16, 3, 3, 3]"
std::string DescribeValue(const Graph& graph, ValueId id);

// "node 4 (CONV_2D)"
std::string DescribeNode(const Graph& graph, int node_index);

}  // namespace tfld::engine
