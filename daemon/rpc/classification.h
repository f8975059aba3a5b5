// An output as a classification: its best elements as strings "score:index:label".
#pragma once

#include <span>
#include <string>

#include "engine/base/status.h"
#include "tfld/engine.h"

namespace tfld::daemon {

// UNIMPLEMENTED for element types that have no scores.
Status CheckClassifiable(const engine::TensorInfo& info);

// The `count` greatest elements, greatest first (the lower index first among equals), each a string with its length in
// four little-endian bytes before it: the form of a BYTES tensor. Elements are taken as they are, not dequantized. An
// index without a label gives "score:index".
std::string EncodeClassification(const engine::TensorView& scores, std::size_t count,
                                 std::span<const std::string> labels);

}  // namespace tfld::daemon
