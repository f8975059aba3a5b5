// Runs one step of a golden in a session.
#pragma once

#include "engine/base/result.h"
#include "engine/golden/golden.h"
#include "tfld/engine.h"

namespace tfld::engine {

// Which tensors of the session a step means: entry point, and the session's index of each of the step's tensors.
struct StepBinding {
  int entry_point = 0;
  std::vector<int> inputs;
  std::vector<int> outputs;
};

// By position when the step names no signature, else by the names in the signature. INVALID_ARGUMENT when the model has
// no such signature or tensor, or other types; UNIMPLEMENTED for strings.
Result<StepBinding> BindStep(const Executable& executable, const GoldenStep& step);

// Resizes inputs whose shape differs, copies the step's inputs, and runs. The outputs stand in the session then.
Status RunStep(Session& session, const GoldenStep& step, const StepBinding& binding);

}  // namespace tfld::engine
