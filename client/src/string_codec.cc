#include "client/src/string_codec.h"

#include <cstdint>
#include <cstring>

namespace tfld::client {

std::size_t EncodedSize(std::span<const std::string_view> strings) {
  std::size_t size = 0;
  for (const std::string_view string : strings) size += sizeof(std::uint32_t) + string.size();
  return size;
}

void EncodeStrings(std::span<const std::string_view> strings, std::span<std::byte> out) {
  std::byte* position = out.data();
  for (const std::string_view string : strings) {
    const auto length = static_cast<std::uint32_t>(string.size());
    for (int shift = 0; shift < 32; shift += 8) *position++ = static_cast<std::byte>(length >> shift);
    if (!string.empty()) std::memcpy(position, string.data(), string.size());
    position += string.size();
  }
}

Result<std::vector<std::string>> DecodeStrings(std::span<const std::byte> bytes) {
  std::vector<std::string> strings;
  while (!bytes.empty()) {
    if (bytes.size() < sizeof(std::uint32_t)) return Internal("the answer ends inside of a string's length");
    std::size_t length = 0;
    for (std::size_t i = 0; i < sizeof(std::uint32_t); ++i) length |= std::to_integer<std::size_t>(bytes[i]) << (8 * i);
    bytes = bytes.subspan(sizeof(std::uint32_t));
    if (bytes.size() < length) return Internal("the answer ends inside of a string");
    strings.emplace_back(reinterpret_cast<const char*>(bytes.data()), length);
    bytes = bytes.subspan(length);
  }
  return strings;
}

}  // namespace tfld::client
