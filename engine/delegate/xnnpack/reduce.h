// Means over axes.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/delegate/xnnpack/operator_kernel.h"
#include "engine/delegate/xnnpack/values.h"

namespace tfld::engine::xnnpack {

// A stage that computes the mean over `axes` (distinct, not negative, at least one). `input` and `output` are of one
// type, float32 or quantized.
Stage MeanStage(const Value& input, const Value& output, std::vector<std::int64_t> axes);

}  // namespace tfld::engine::xnnpack
