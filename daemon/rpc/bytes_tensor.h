// BYTES tensors: strings as the protocol carries them, and as the engine has them.
//
// In raw contents each string is its length, 32 bits little-endian, and then its bytes. Thread rule: functions without
// state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace tfld::daemon {

// How many strings `raw` holds. INVALID_ARGUMENT when a length passes its end.
Result<std::int64_t> CountStrings(const std::string& raw);

// The strings of raw contents that CountStrings has counted.
std::vector<std::string> SplitStrings(const std::string& raw);

// The raw contents for a string tensor of the engine (engine/tensor/string_tensor.h).
std::string JoinStrings(const std::byte* tensor);

}  // namespace tfld::daemon
