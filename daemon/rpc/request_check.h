// Whether an inference request fits its model: everything that comes from outside is verified here, before an executor
// is asked for. Every message names the tensor, what came and what is expected.
//
// Thread rule: a function without state.
#pragma once

#include "engine/base/status.h"
#include "tfld/engine.h"

namespace inference {
class ModelInferRequest;
class ModelInferRequest_InferInputTensor;
}  // namespace inference

namespace tfld::daemon {

struct SharedTensors;

// INVALID_ARGUMENT for tensors that are unknown, missing, twice there, or of another datatype, shape or size;
// UNIMPLEMENTED for datatypes that do not travel. `shared` are the tensors that lie in shared memory; of the contents
// there only the copies of strings are looked at, the rest may be anything.
Status CheckRequest(const engine::EntryPoint& entry, const inference::ModelInferRequest& request,
                    const SharedTensors& shared);

// Whether a checked request has the shapes that the model was planned with, where it leaves sizes open, and no strings.
bool HasPlannedShapes(const engine::EntryPoint& entry, const inference::ModelInferRequest& request);

// The shape that a checked request gives an input.
Result<engine::Shape> ShapeOf(const inference::ModelInferRequest_InferInputTensor& input);

}  // namespace tfld::daemon
