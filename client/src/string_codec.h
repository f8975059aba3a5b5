// Strings in a raw tensor of the protocol: each is its length (4 bytes, little-endian) and its bytes.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace tfld::client {

std::size_t EncodedSize(std::span<const std::string_view> strings);

// `out` has EncodedSize bytes.
void EncodeStrings(std::span<const std::string_view> strings, std::span<std::byte> out);

// INTERNAL when the bytes end inside of a string.
Result<std::vector<std::string>> DecodeStrings(std::span<const std::byte> bytes);

}  // namespace tfld::client
