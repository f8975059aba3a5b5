// One JSON document on standard output.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "tfld/engine.h"

namespace tfld::engine {

// Bytes that are not UTF-8 (names in a model can hold anything) are replaced.
void PrintJson(const nlohmann::ordered_json& document);

// {"name", "tensor_name", "dtype", "shape", "scale", "zero_point"}; the last two when it is quantized.
nlohmann::ordered_json ToJson(const TensorInfo& info);

// Bytes as KiB with one decimal.
double ToKib(std::size_t bytes);
// With three decimals.
double Rounded(double value);

}  // namespace tfld::engine
