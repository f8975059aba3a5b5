// Bytes -> the packets and the memory of the shared-memory channel.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/channel_harness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tfld::test::FuzzChannel({reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
