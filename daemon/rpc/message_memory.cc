#include "daemon/rpc/message_memory.h"

#include "inference/grpc_service.pb.h"

namespace tfld::daemon {
namespace {

constexpr std::uint64_t kTimesOfWire = 64;

template <typename Strings>
std::uint64_t BytesOf(const Strings& tensors) {
  std::uint64_t bytes = 0;
  for (const auto& tensor : tensors) bytes += tensor.size();
  return bytes;
}

}  // namespace

std::uint64_t MemoryOf(const inference::ModelInferRequest& request) {
  std::uint64_t tensors = BytesOf(request.raw_input_contents());
  std::uint64_t around = request.ByteSizeLong() - tensors;
  for (const auto& input : request.inputs()) {
    if (!input.has_contents()) continue;
    tensors += input.contents().SpaceUsedLong();
    around -= input.contents().ByteSizeLong();
  }
  return tensors + around * kTimesOfWire;
}

std::uint64_t MemoryOf(const inference::ModelInferResponse& response) {
  const std::uint64_t tensors = BytesOf(response.raw_output_contents());
  return tensors + (response.ByteSizeLong() - tensors) * kTimesOfWire;
}

}  // namespace tfld::daemon
