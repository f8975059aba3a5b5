// Readable text for graphs and their parts, for error messages and `tfld-model inspect --graph`.
#pragma once

#include <string>

#include "engine/graph/graph.h"

namespace tfld::engine {

// "tensor 12 (conv1/weights) int8 [16, 3, 3, 3]"
std::string DescribeValue(const Graph& graph, ValueId id);

// "node 4 (CONV_2D)"
std::string DescribeNode(const Graph& graph, int node_index);

// One line a node: its outputs, its operator with version, its inputs.
std::string PrintGraph(const Graph& graph);

}  // namespace tfld::engine
