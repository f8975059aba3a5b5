// What a model's metadata says, for people and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "tfld/engine.h"

namespace tfld::engine {

// Prints nothing for a model without metadata.
void PrintMetadata(const Model& model);

// {"name", "description", "version", "author", "license", "inputs", "outputs": [{"name", "description", "files":
// [{"name", "description", "locale"}], "labels": [...]}], "files"}; null for a model without. "labels" only where there
// are some.
nlohmann::ordered_json MetadataToJson(const Model& model);

}  // namespace tfld::engine
