// Reads the options of the second union of the .tflite format, which STABLEHLO_* operators use.
#pragma once

#include "engine/base/result.h"
#include "engine/graph/attributes.h"
#include "engine/graph/op_code.h"
#include "tflite_generated.h"

namespace tfld::engine {

// Options of operators that have none of this kind are monostate. INVALID_ARGUMENT says what is wrong with them.
Result<Attributes> ImportStablehloAttributes(const wire::Operator& node, OpCode op);

}  // namespace tfld::engine
