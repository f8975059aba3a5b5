// Any bytes as a model: verified, imported, planned with the reference kernels.
#include "tests/fuzz/harness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto model = tfld::test::LoadForFuzz(std::as_bytes(std::span(data, size)));
  if (model != nullptr) tfld::test::PlanForFuzz(model, tfld::engine::Backend::kReference);
  return 0;
}
