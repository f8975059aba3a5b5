// Imports one subgraph: its tensors, then its nodes, each checked on its own.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "engine/base/result.h"
#include "engine/graph/graph.h"
#include "tflite_generated.h"

namespace tfld::engine {

struct ImportSource {
  const wire::Model& model;
  std::span<const std::byte> file;
};

// Copies that alignment asks for are added to `storage`. Errors name the tensor or the node.
Result<Graph> ImportSubGraph(const ImportSource& source, int index, std::vector<std::shared_ptr<const void>>& storage);

}  // namespace tfld::engine
