// An output as a classification: its best elements as strings "score:index:label".
#pragma once

#include <span>
#include <string>

#include "engine/base/status.h"
#include "tfld/engine.h"

namespace inference {
class ModelInferRequest_InferRequestedOutputTensor;
}

namespace tfld::daemon {

// How many classes an output is wanted as, by its parameter "classification"; 0 for the tensor itself, less than 0 when
// that is no whole number.
std::int64_t ClassesWanted(const inference::ModelInferRequest_InferRequestedOutputTensor& output);

// UNIMPLEMENTED for element types that have no scores.
Status CheckClassifiable(const engine::TensorInfo& info);

// The `count` greatest elements, greatest first (the lower index first among equals), each a string with its length in
// four little-endian bytes before it: the form of a BYTES tensor. Elements are taken as they are, not dequantized. An
// index without a label gives "score:index".
std::string EncodeClassification(const engine::TensorView& scores, std::size_t count,
                                 std::span<const std::string> labels);

}  // namespace tfld::daemon
