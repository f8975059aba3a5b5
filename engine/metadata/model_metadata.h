// What a model's metadata says about it.
//
// Source: TensorFlow Lite's documentation of model metadata; the tables stand in metadata.fbs.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "tfld/engine.h"

namespace tfld::engine {

// A file that is packed with the model.
struct AssociatedFile {
  enum class Kind { kOther, kAxisLabels, kValueLabels };
  std::string name;
  std::string description;
  Kind kind = Kind::kOther;  // labels of positions along the last axis, or of the integers that a tensor holds
  std::string locale;        // "en", or empty
};

struct TensorMetadata {
  std::string name;
  std::string description;
  std::vector<AssociatedFile> files;
};

struct ModelMetadata {
  std::string name;
  std::string description;
  std::string version;
  std::string author;
  std::string license;
  std::vector<TensorMetadata> inputs;  // of the main graph, in its order; there may be fewer than it has
  std::vector<TensorMetadata> outputs;
  std::vector<AssociatedFile> files;  // that belong to no tensor
};

// NOT_FOUND when the model has none; INVALID_ARGUMENT when it is broken.
Result<ModelMetadata> ReadMetadata(const Model& model);

// The file with a tensor's labels: the first without a locale, else the first; null when there is none.
const AssociatedFile* LabelFileOf(const TensorMetadata& tensor);

}  // namespace tfld::engine
