#include "engine/passes/passes.h"

namespace tfld::engine {

void RunPasses(Graph& graph, std::span<const ValueId> kept) {
  FuseActivations(graph, kept);
  RemoveDeadNodes(graph, kept);
}

}  // namespace tfld::engine
