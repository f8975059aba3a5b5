// The protocol's names of element types: "FP32", "INT8".
#pragma once

#include <string_view>

#include "engine/tensor/element_type.h"

namespace tfld::daemon {

// The protocol knows no packed 4-bit and other exotic types; they get the engine's own name, which no request can
// match.
std::string_view DatatypeName(engine::ElementType type);

// Whether tensors of this type can be sent as raw bytes: all numbers that take whole bytes, and bool.
bool IsTransferable(engine::ElementType type);

}  // namespace tfld::daemon
