// The importer: bytes of a .tflite file -> Program, verified on the way.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "engine/base/result.h"
#include "engine/graph/graph.h"

namespace tfld::engine {

struct ImportLimits {
  std::size_t max_tensors;  // of all subgraphs together
  std::size_t max_nodes;
};

// `owner` keeps `bytes` alive and is kept by the program. INVALID_ARGUMENT names the file offset, or the subgraph, the
// node, the tensor and the reason; RESOURCE_EXHAUSTED the limit. `bytes` is aligned to 16 bytes.
Result<std::unique_ptr<Program>> ImportModel(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                             const ImportLimits& limits);

}  // namespace tfld::engine
