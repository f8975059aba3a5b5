// Tensor codec: the tensors of an inference request into a session, and those of a session into the answer.
//
// The work is split so that an executor does nothing but copy: CheckRequest (request_check.h) and PrepareResponse run
// on the thread that received the request, CopyInputs and CopyOutputs beside the inference. Tensor bytes are copied
// once each way, also from and to shared memory.
//
// Thread rule: functions without state.
#pragma once

#include <span>
#include <string>

#include "engine/base/status.h"
#include "tfld/engine.h"

namespace inference {
class ModelInferRequest;
class ModelInferResponse;
}  // namespace inference

namespace tfld::daemon {

class SessionRow;
struct SharedTensors;

// Names and datatypes of the outputs that a checked request wants, and room for their bytes.
void PrepareResponse(const engine::EntryPoint& entry, const inference::ModelInferRequest& request,
                     const SharedTensors& shared, inference::ModelInferResponse& response);

// Of a checked request; into a row of a batch only when it HasPlannedShapes. INVALID_ARGUMENT for an element that its
// datatype cannot hold. When the model leaves sizes open and the request has others than the one before, the session is
// planned anew for them; then also its errors, and those of shared memory.
Status CopyInputs(const engine::EntryPoint& entry, const inference::ModelInferRequest& request,
                  const SharedTensors& shared, const SessionRow& row);

// Shapes and bytes after a run, into a prepared response. `labels` are those of the classes, for outputs wanted as a
// classification. An output in shared memory leaves its raw_output_contents empty and says in its parameters how many
// bytes it has; INVALID_ARGUMENT when it needs more than its slice, and the errors of shared memory.
Status CopyOutputs(const engine::EntryPoint& entry, const SessionRow& row, std::span<const std::string> labels,
                   const SharedTensors& shared, inference::ModelInferResponse& response);

}  // namespace tfld::daemon
