// CutText: the beginning of a text of at most `most` bytes, for messages that quote what came from outside. It ends
// between two characters of UTF-8, because a cut one would make the whole message invalid.
#pragma once

#include <cstddef>
#include <string_view>

namespace tfld {

inline std::string_view CutText(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace tfld
