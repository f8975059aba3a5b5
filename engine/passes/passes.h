// Passes change a graph before it is planned, so that less is computed; they never change what its outputs are.
//
// A pass that takes a node out marks it removed. One file a pass; RunPasses is the one list of them.
#pragma once

#include <span>

#include "engine/graph/graph.h"

namespace tfld::engine {

// `kept` are values that must be computed beside the graph's outputs. Runs once a plan, before shapes are inferred.
void RunPasses(Graph& graph, std::span<const ValueId> kept);

// A RELU, RELU6 or RELU_N1_TO_1 behind a float operator with a fused activation of NONE moves into that operator.
// (Not for integers: there the two requantize one after the other, and the result would differ.)
void FuseActivations(Graph& graph, std::span<const ValueId> kept);

// Nodes without effects whose outputs nobody reads.
void RemoveDeadNodes(Graph& graph, std::span<const ValueId> kept);

}  // namespace tfld::engine
