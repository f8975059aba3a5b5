// A graph of the program with the shapes that planning has computed.
#pragma once

#include "engine/graph/graph.h"
#include "engine/plan/plan.h"

namespace tfld::engine {

// Of a graph that nodes call, as their first call sees it; as it stands in the file when nothing runs it.
const Graph& PlannedGraph(const Program& program, const Plan& plan, int graph);

}  // namespace tfld::engine
