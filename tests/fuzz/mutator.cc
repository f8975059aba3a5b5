// Makes libFuzzer change models as models; one time in eight as bytes.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "tests/fuzz/mutate_model.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  if (seed % 8 == 0) return LLVMFuzzerMutate(data, size, max_size);
  const auto mutated = tfld::test::MutateModel(data, size, seed);
  if (mutated.empty() || mutated.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  // No loop: libFuzzer would be told of each of its comparisons.
  std::memcpy(data, mutated.data(), mutated.size());
  return mutated.size();
}
