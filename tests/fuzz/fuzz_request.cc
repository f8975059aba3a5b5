// Inference requests: any bytes, and right requests changed in a few places; checked, copied, run, answered.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "inference/grpc_service.pb.h"
#include "tests/fuzz/request_harness.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  if (seed % 8 == 0) return LLVMFuzzerMutate(data, size, max_size);
  inference::ModelInferRequest request;
  if (!request.ParseFromArray(data, static_cast<int>(size)) || request.inputs_size() == 0) {
    request = tfld::test::RightRequest(seed);
  }
  for (unsigned int i = 0; i <= seed % 3; ++i) tfld::test::MutateRequest(request, seed + i);
  const std::string bytes = request.SerializeAsString();
  if (bytes.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  inference::ModelInferRequest request;
  if (request.ParseFromArray(data, static_cast<int>(size))) tfld::test::RunRequest(request);
  return 0;
}
