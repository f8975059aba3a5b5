// Requests that nobody designed: made from right ones by changing them in a few places, and taken the whole way that
// the daemon takes them, from shared memory and checks to the outputs, on small models that echo.
#pragma once

#include <cstdint>

namespace inference {
class ModelInferRequest;
}

namespace tfld::test {

// A right request for one of the models, which is named by model_name.
inference::ModelInferRequest RightRequest(std::uint64_t seed);
// Changes a request in one place; most of what comes out is wrong.
void MutateRequest(inference::ModelInferRequest& request, std::uint64_t seed);

// Stops the process when a request that was checked is refused later for what the check should have seen, or its answer
// is not whole. Returns whether it was answered.
bool RunRequest(const inference::ModelInferRequest& request);

}  // namespace tfld::test
