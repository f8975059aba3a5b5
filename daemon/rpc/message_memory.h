// What the messages of an inference take in memory, for what bounds it: quotas, streams, what is kept for later.
#pragma once

#include <cstdint>

namespace inference {
class ModelInferRequest;
class ModelInferResponse;
}  // namespace inference

namespace tfld::daemon {

// At most about so many bytes: those of its tensors as they are, and what is around them many times what it takes on
// the wire, where an empty field that has 40 bytes in memory may have two.
std::uint64_t MemoryOf(const inference::ModelInferRequest& request);
std::uint64_t MemoryOf(const inference::ModelInferResponse& response);

}  // namespace tfld::daemon
