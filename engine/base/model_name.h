// The rule for names of models. They are names of directories, labels of metrics and words on command lines, so only
// what is plain in all of these may be in them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace tfld {

// Letters, digits, '.', '_' and '-', the first no '.': at least one and at most `most`.
inline bool IsPlainName(std::string_view name, std::size_t most) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !name.empty() && name.size() <= most && name[0] != '.' && std::ranges::all_of(name, plain);
}

inline constexpr std::string_view kModelNameExpected = "1 to 64 of A-Z a-z 0-9 . _ - and no '.' first";

inline bool IsModelName(std::string_view name) { return IsPlainName(name, 64); }

}  // namespace tfld
