// Models that nobody designed: for fuzzing, and for comparing backends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/kernels/operator.h"

namespace tfld::test {

// A graph of 1 to 6 layers of 8-bit quantized operators with shapes and parameters that fit together, as a network has
// them: convolutions, pools, sums, products, activations and what moves elements. Always runs.
std::vector<std::byte> RandomQuantizedModel(std::uint64_t seed);

// One node of `definition` with as many inputs and outputs as it may have, of random types, shapes, constants and
// options. Seldom runs; of many seeds some do.
std::vector<std::byte> RandomNodeModel(const engine::Operator& definition, std::uint64_t seed);

}  // namespace tfld::test
