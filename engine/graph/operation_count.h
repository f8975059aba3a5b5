// How much arithmetic a node is.
#pragma once

#include "engine/graph/graph.h"

namespace tfld::engine {

// Multiplications and additions, each counted as one (a multiply-accumulate is two). Operators that only move data
// count nothing; elementwise ones an operation an output element. By the shapes that stand in the graph.
double CountOperations(const Graph& graph, const Node& node);

// Elements of all constants that the graph's nodes read and that are numbers of a kind that is trained.
double CountParameters(const Graph& graph);

}  // namespace tfld::engine
