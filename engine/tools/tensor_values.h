// The elements of a tensor as real numbers.
#pragma once

#include <vector>

#include "engine/base/result.h"
#include "engine/tensor/quantization.h"
#include "engine/tensor/tensor_view.h"

namespace tfld::engine {

// Quantized integers become scale * (integer - zero_point); other integers and booleans themselves. UNIMPLEMENTED for
// complex numbers, packed integers and types without numbers.
Result<std::vector<double>> RealValues(const TensorView& tensor, const Quantization& quantization);

}  // namespace tfld::engine
