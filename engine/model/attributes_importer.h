// Imports the options of one operator.
#pragma once

#include "engine/base/result.h"
#include "engine/graph/attributes.h"
#include "engine/graph/op_code.h"
#include "tflite_generated.h"

namespace tfld::engine {

// std::monostate for an operator without options, and for one that this engine does not know. INVALID_ARGUMENT when
// the options are of another operator's kind, missing where they are needed, or out of range.
Result<Attributes> ImportAttributes(const wire::Operator& node, OpCode op);

}  // namespace tfld::engine
