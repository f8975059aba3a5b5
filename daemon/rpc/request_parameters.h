// The parameters of an inference request that this server understands.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "daemon/scheduler/job.h"
#include "engine/base/status.h"

namespace inference {
class ModelInferRequest;
}

namespace tfld::daemon {

struct RequestParameters {
  std::optional<std::chrono::microseconds> timeout;
  PriorityClass priority = PriorityClass::kNormal;  // 1 is critical, 0 (the default) and 2 normal, above background
};

// INVALID_ARGUMENT for a parameter of the wrong type or range; UNIMPLEMENTED for one that asks for what this server
// does not do and that cannot be ignored without a wrong answer (sequences). Parameters that are not known are ignored.
Status ParseParameters(const inference::ModelInferRequest& request, RequestParameters& parameters);

}  // namespace tfld::daemon
