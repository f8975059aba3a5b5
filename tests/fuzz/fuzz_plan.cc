// Models that differ from right ones in a few places: planned for both backends, then for other input shapes.
#include "tests/fuzz/harness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto model = tfld::test::LoadForFuzz(std::as_bytes(std::span(data, size)));
  if (model == nullptr) return 0;
  for (const auto backend : {tfld::engine::Backend::kReference, tfld::engine::Backend::kCpu}) {
    const auto executable = tfld::test::PlanForFuzz(model, backend);
    if (executable == nullptr) continue;
    const auto session = executable->NewSession();
    if (session.ok()) tfld::test::ResizeForFuzz(**session, *executable, size);
  }
  return 0;
}
