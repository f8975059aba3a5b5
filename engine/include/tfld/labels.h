// The names of a classifier's classes, from the metadata that many models carry. Library tfld_metadata.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"

namespace tfld::engine {

class Model;

// The labels of an output of the main graph, by position in its file: entry i names class i. Of several label files the
// first without a locale is taken. NOT_FOUND when the model has none for this output; INVALID_ARGUMENT when its
// metadata or its archive of files is broken; RESOURCE_EXHAUSTED when they are too large.
Result<std::vector<std::string>> ReadLabels(const Model& model, int output);

}  // namespace tfld::engine
