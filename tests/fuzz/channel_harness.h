// What a fuzzer does with bytes for the shared-memory channel.
#pragma once

#include <cstddef>
#include <span>

namespace tfld::test {

// Takes the bytes for a hello and for a welcome, and then for what a client leaves in the memory of a channel when it
// posts: the headers of region and slot, and tensors. Aborts when the daemon does not answer as it must.
void FuzzChannel(std::span<const std::byte> bytes);

}  // namespace tfld::test
