// SharedTensors: which tensors of a request lie in shared memory, and where.
//
// Thread rule: a value; one owner.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daemon/rpc/shared_region.h"
#include "engine/base/result.h"

namespace inference {
class ModelInferRequest;
}

namespace tfld::daemon {

class RegionRegistry;

// The bytes of one tensor in a region; without a region the tensor travels in the message.
struct SharedSlice {
  std::shared_ptr<const SharedRegion> region;
  std::string region_name;
  std::uint64_t offset = 0;  // in the region
  std::uint64_t byte_size = 0;

  explicit operator bool() const { return region != nullptr; }
};

struct SharedTensors {
  // By the place in the request. Empty when no tensor of that side lies in shared memory, as with most requests.
  std::vector<SharedSlice> inputs, outputs;
  // Private copies of inputs that are looked at before they are used, by the place in the request: strings.
  std::vector<std::string> copies;

  const SharedSlice* Input(int place) const { return At(inputs, place); }
  const SharedSlice* Output(int place) const { return At(outputs, place); }
  // Null but for inputs of strings that lie in shared memory.
  const std::string* Copy(int place) const {
    const auto index = static_cast<std::size_t>(place);
    return index < copies.size() && inputs[index] ? &copies[index] : nullptr;
  }

  // That the copies hold.
  std::uint64_t CopiedBytes() const;

  void Clear();  // lets go of the regions

 private:
  static const SharedSlice* At(const std::vector<SharedSlice>& slices, int place) {
    const auto index = static_cast<std::size_t>(place);
    return index < slices.size() && slices[index] ? &slices[index] : nullptr;
  }
};

// The parameters shared_memory_region, shared_memory_byte_size and shared_memory_offset of each input and each wanted
// output, for a caller `uid`. Into an empty `tensors`. NOT_FOUND for a region that is not registered; INVALID_ARGUMENT
// for parameters of a wrong type or a place that is not within the region; PERMISSION_DENIED for an output in a region
// that is for inputs alone.
Status ResolveSharedTensors(const inference::ModelInferRequest& request, const RegionRegistry& registry,
                            std::uint32_t uid, SharedTensors& tensors);

// Copies the BYTES inputs, which may change while they are read, into `tensors.copies`. RESOURCE_EXHAUSTED above
// `max_bytes`.
Status CopySharedStrings(const inference::ModelInferRequest& request, std::uint64_t max_bytes, SharedTensors& tensors);

}  // namespace tfld::daemon
