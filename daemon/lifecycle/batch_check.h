// Whether a version gives a request the same answer in a batch as alone.
//
// No model says of itself that its rows do not know of each other: one that normalizes over its first axis, or counts
// its rows, takes a batch and answers wrongly. So it is tried on random inputs before requests run together.
#pragma once

#include "engine/base/status.h"
#include "tfld/engine.h"

namespace tfld::daemon {

class BatchSessions;

// Runs every size of batch of slot 0 and each of its rows alone, in `single`. FAILED_PRECONDITION names the output that
// differs: integers by more than one step, floating point by more than 1e-4 of the largest magnitude; or the run's
// errors.
Status CheckBatches(const engine::Executable& executable, engine::Session& single, BatchSessions& batches);

}  // namespace tfld::daemon
