// FarmHash's Fingerprint64: a 64-bit hash that never changes. Not for secrets.
//
// Source of the definition: FarmHash (Pike, Alakuijala, Google 2014), variant "na", version 1.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tfld::engine::reference {

std::uint64_t FarmFingerprint64(std::span<const std::byte> bytes);

}  // namespace tfld::engine::reference
