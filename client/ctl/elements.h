// The elements of a tensor, to look at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>

#include "tfld/client.h"

namespace tfld::ctl {

// As an array, with integers to the last digit; null for types that are not numbers of C++ (FP16, BF16, BYTES).
nlohmann::ordered_json ElementsOf(DataType type, std::span<const std::byte> bytes);

// Fills a tensor with numbers that depend on the seed alone: integers over their range (at most 100 for those wider
// than a byte, so that indexes stay small), floating-point numbers in [0, 1).
void FillRandom(DataType type, std::span<std::byte> bytes, std::uint64_t seed);

}  // namespace tfld::ctl
