#include "daemon/rpc/bytes_tensor.h"

#include <bit>
#include <cstring>

#include "engine/base/str_cat.h"
#include "engine/tensor/string_tensor.h"

namespace tfld::daemon {
namespace {

static_assert(std::endian::native == std::endian::little);
constexpr std::size_t kLengthBytes = sizeof(std::uint32_t);

std::uint32_t LengthAt(const std::string& raw, std::size_t place) {
  std::uint32_t length;
  std::memcpy(&length, raw.data() + place, kLengthBytes);
  return length;
}

}  // namespace

Result<std::int64_t> CountStrings(const std::string& raw) {
  std::int64_t count = 0;
  std::size_t place = 0;
  while (place < raw.size()) {
    const std::size_t left = raw.size() - place;
    if (left < kLengthBytes || left - kLengthBytes < LengthAt(raw, place)) {
      return InvalidArgument(StrCat("string ", count, " does not end within the ", raw.size(), " bytes that came"));
    }
    place += kLengthBytes + LengthAt(raw, place);
    ++count;
  }
  return count;
}

std::vector<std::string> SplitStrings(const std::string& raw) {
  std::vector<std::string> strings;
  for (std::size_t place = 0; place < raw.size(); place += kLengthBytes + strings.back().size()) {
    strings.push_back(raw.substr(place + kLengthBytes, LengthAt(raw, place)));
  }
  return strings;
}

std::string JoinStrings(const std::byte* tensor) {
  const engine::StringReader strings(tensor);
  std::string raw;
  for (std::size_t i = 0; i < strings.size(); ++i) {
    const auto length = static_cast<std::uint32_t>(strings[i].size());
    raw.append(reinterpret_cast<const char*>(&length), kLengthBytes);
    raw.append(strings[i]);
  }
  return raw;
}

}  // namespace tfld::daemon
