// Elementwise operators of one input, and the clamp that follows operators which have no fused activation.
#pragma once

#include <xnnpack.h>

#include "engine/delegate/xnnpack/operator_kernel.h"
#include "engine/delegate/xnnpack/values.h"

namespace tfld::engine::xnnpack {

// A stage that computes every element of `output` from that of `input`.
Stage UnaryStage(xnn_unary_operator type, const xnn_unary_params& params, const Value& input, const Value& output);

// A stage that clamps `output` in place to the range of a fused activation; nothing when it would change nothing.
// `activation` is one that FloatRange knows.
std::optional<Stage> ClampStage(Activation activation, const Value& output);

}  // namespace tfld::engine::xnnpack
