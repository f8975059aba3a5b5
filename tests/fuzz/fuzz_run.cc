// Models that differ from right ones in a few places: run on both backends with random inputs, before and after a
// resize, and compared.
#include "tests/fuzz/harness.h"

namespace {

namespace engine = tfld::engine;
namespace test = tfld::test;

void Run(const std::shared_ptr<const engine::Model>& model, engine::Backend backend, std::uint64_t seed) {
  const auto executable = test::PlanForFuzz(model, backend);
  if (executable == nullptr || !test::IsCheap(*executable)) return;
  const auto session = executable->NewSession();
  if (!session.ok()) return;
  const tfld::Status status = test::RunForFuzz(**session, *executable, seed);
  if (status.ok() && seed % 4 == 0) {
    test::ResizeForFuzz(**session, *executable, seed);
    static_cast<void>(test::RunForFuzz(**session, *executable, seed));
  }
  if (status.ok() && backend == engine::Backend::kCpu) test::CompareBackends(model, seed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto model = test::LoadForFuzz(std::as_bytes(std::span(data, size)));
  if (model == nullptr) return 0;
  // The inputs are part of what is reproduced, so they come from the bytes.
  std::uint64_t seed = size;
  for (std::size_t i = 0; i < size; i += 97) seed = seed * 31 + data[i];
  Run(model, engine::Backend::kReference, seed);
  Run(model, engine::Backend::kCpu, seed);
  return 0;
}
