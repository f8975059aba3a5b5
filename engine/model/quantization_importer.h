// Imports the quantization of a tensor.
#pragma once

#include <memory>

#include "engine/base/result.h"
#include "engine/graph/graph.h"
#include "tflite_generated.h"

namespace tfld::engine {

// Never null; empty for a tensor that is not quantized. INVALID_ARGUMENT when the number of scales is neither one nor
// the size of the quantized dimension, a scale is not finite and positive, or a zero point is outside of the type.
Result<std::shared_ptr<const Quantization>> ImportQuantization(const wire::QuantizationParameters* parameters,
                                                               ElementType type, const Shape& shape);

}  // namespace tfld::engine
