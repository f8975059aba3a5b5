// What `infer` does with the outputs of an inference.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "tfld/client.h"

namespace tfld::ctl {

// One output, read once.
struct InferOutput {
  TensorInfo info;                   // with the shape of the answer
  std::span<const std::byte> bytes;  // in the binding
  nlohmann::ordered_json elements;   // an array of numbers or strings; null for FP16 and BF16
};

// All outputs of the last answer, valid until the binding's next one.
Result<std::vector<InferOutput>> ReadOutputs(const Binding& binding);

// Type, shape, range and the five greatest elements, of equal ones the first; of strings the first five. `labels` are
// names of classes by index; there may be fewer.
std::string OutputText(const InferOutput& output, const std::vector<std::string>& labels);
nlohmann::ordered_json ToJson(const InferOutput& output, const std::vector<std::string>& labels);

// As NAME.npy, or raw as NAME.bin where NumPy has no such type. Names that are no file names are made so, and one that
// is taken gets a _ behind it.
Status SaveOutputs(const std::vector<InferOutput>& outputs, const std::string& directory);

}  // namespace tfld::ctl
