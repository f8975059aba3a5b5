// Checks how the parts of a program hang together: producers, order of execution, and calls between graphs.
#pragma once

#include "engine/base/status.h"
#include "engine/graph/graph.h"

namespace tfld::engine {

// INVALID_ARGUMENT, naming node and tensor, when a node writes an input, a constant or what another node writes; reads
// what nobody has written before; or when graphs call each other in a circle or one that does not exist. A tensor of no
// elements that nobody writes becomes a constant.
Status CheckTopology(Program& program);

}  // namespace tfld::engine
