// LateKernel: runs a node whose shapes are known only when its inputs have been computed.
//
// It does at run time, with the inputs' shapes and, where the operator asks for them, their elements, what planning
// does at load: shape rule, preparation, run. What was prepared is kept as long as shapes and elements stay the same.
#pragma once

#include <memory>

#include "engine/base/result.h"
#include "engine/graph/graph.h"
#include "engine/kernels/operator.h"

namespace tfld::engine {

// `definition` is the node's operator; graphs that it reads are taken from `caller`. Constants of the graph must
// outlive the kernel.
std::unique_ptr<Kernel> MakeLateKernel(const Graph& graph, int node_index, const Operator& definition,
                                       const GraphCaller& caller, std::size_t max_bytes);

}  // namespace tfld::engine
