// Random contents for inputs, the same for a seed on every machine.
#pragma once

#include <cstdint>

#include "engine/tensor/tensor_view.h"

namespace tfld::engine {

// Floating point: uniform in [-1, 1). Integers of 8 and 16 bits: their whole range. Booleans: either. Wider integers:
// 0 to 7, since they are mostly indices. Other types: zero bytes.
void FillRandom(const TensorView& tensor, std::uint64_t seed);

}  // namespace tfld::engine
