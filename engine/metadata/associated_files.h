// Files packed with a model: the members of the ZIP archive that a .tflite file with metadata is as well.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "tfld/engine.h"

namespace tfld::engine {

// The contents of a member. NOT_FOUND when the model has no archive or no such member; INVALID_ARGUMENT when the
// archive is broken; RESOURCE_EXHAUSTED when the member has more than `max_bytes`, or there are too many members.
Result<std::vector<std::byte>> ReadAssociatedFile(const Model& model, const std::string& name, std::size_t max_bytes);

}  // namespace tfld::engine
