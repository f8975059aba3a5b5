// Says where a FlatBuffer that failed verification is broken, for the error message.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace tfld::engine {

// `bytes` has at least 8 bytes. "offset 1148: subgraph 0, tensor 3 reaches outside of the file or is misaligned".
std::string LocateDamage(std::span<const std::byte> bytes);

}  // namespace tfld::engine
