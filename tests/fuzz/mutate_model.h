// Changes a .tflite file as a model, not as bytes: shapes, types, quantization, constants, edges, options.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tfld::test {

// The bytes of a model that differs in one to four places; empty when `bytes` is no model. The same for a seed.
std::vector<std::uint8_t> MutateModel(const std::uint8_t* bytes, std::size_t size, std::uint64_t seed);

}  // namespace tfld::test
