// Entry points: the ways into a program with the names of their tensors, and where those lie.
#pragma once

#include <vector>

#include "engine/base/result.h"
#include "engine/graph/graph.h"
#include "tfld/engine.h"

namespace tfld::engine {

// The values behind an EntryPoint, in its order.
struct EntryValues {
  int graph = 0;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
};

struct EntryPoints {
  std::vector<EntryPoint> infos;
  std::vector<EntryValues> values;  // one an info
};

// `graphs` are the program's graphs with the shapes that planning has computed. INVALID_ARGUMENT when a signature names
// an input that is none of its graph's.
Result<EntryPoints> MakeEntryPoints(const Program& program, const std::vector<const Graph*>& graphs);

}  // namespace tfld::engine
