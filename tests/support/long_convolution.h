// A model of one operator that takes long.
#pragma once

#include <cstddef>
#include <vector>

namespace tfld::test {

// float32 {1, 64, 64, 64} called "x" to {1, 64, 64, 128} called "y": some 34 million multiplications, which is hundreds
// of microseconds on any processor.
std::vector<std::byte> LongConvolution();

}  // namespace tfld::test
