// Structural verification: every offset, vector, string and union of the FlatBuffer lies inside of the bytes.
//
// After it, the accessors of the generated code are safe to call. What the values mean is checked by the importer.
#pragma once

#include <cstddef>
#include <span>

#include "engine/base/status.h"

namespace tfld::engine {

// INVALID_ARGUMENT with the file offset and the part of the model that is broken. `bytes` is aligned to 16 bytes.
Status VerifyStructure(std::span<const std::byte> bytes);

}  // namespace tfld::engine
