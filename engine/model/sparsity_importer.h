// Imports how a sparse constant is stored, and checks that it describes the tensor.
#pragma once

#include <memory>

#include "engine/base/result.h"
#include "engine/tensor/shape.h"
#include "engine/tensor/sparsity.h"
#include "tflite_generated.h"

namespace tfld::engine {

// Null for a dense tensor. INVALID_ARGUMENT when the traversal order, the block map or a level does not fit to `shape`.
// What is returned can be expanded safely once the data is known to have Sparsity::stored elements.
Result<std::shared_ptr<const Sparsity>> ImportSparsity(const wire::SparsityParameters* parameters, const Shape& shape);

}  // namespace tfld::engine
