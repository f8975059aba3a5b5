// Which other graphs of the program a node calls.
#pragma once

#include <vector>

#include "engine/graph/graph.h"

namespace tfld::engine {

// Indices into Program::graphs, in the order of the node's options; empty for most operators.
std::vector<int> Callees(const Node& node);

}  // namespace tfld::engine
