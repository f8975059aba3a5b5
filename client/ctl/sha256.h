// Digests: the door to libsodium.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace tfld::ctl {

// In lower-case hexadecimal.
std::string Sha256Hex(std::span<const std::byte> bytes);

}  // namespace tfld::ctl
