// What `infer` does with the outputs of an inference.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
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
  std::vector<double> numbers;       // empty for types that are not numbers of C++
};

// All outputs of the last answer, valid until the binding's next one.
Result<std::vector<InferOutput>> ReadOutputs(const Binding& binding);

// The indexes of the five greatest, the greatest first; of equal ones the first.
std::vector<std::size_t> TopFive(const std::vector<double>& numbers);

// Type, shape, range and the five greatest. `labels` are names of classes by index; there may be fewer.
std::string OutputText(const InferOutput& output, const std::vector<std::string>& labels);
nlohmann::ordered_json ToJson(const InferOutput& output, const std::vector<std::string>& labels);

// As NAME.npy, or raw as NAME.bin where NumPy has no such type. Names that are no file names are made so.
Status SaveOutputs(const std::vector<InferOutput>& outputs, const std::string& directory);

}  // namespace tfld::ctl
