// The text of golden.json -> Golden, without the files that it names.
#pragma once

#include <string_view>

#include "engine/base/result.h"
#include "engine/golden/golden.h"

namespace tfld::engine {

// Unknown keys are ignored. INVALID_ARGUMENT names the key that is missing or wrong.
Result<Golden> ParseGoldenJson(std::string_view text, const GoldenLimits& limits);

}  // namespace tfld::engine
