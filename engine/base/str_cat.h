// StrCat: joins strings and numbers into one message. For errors and reports, not for hot paths.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace tfld {
namespace internal {

inline void AppendPiece(std::string& out, std::string_view piece) { out.append(piece); }
inline void AppendPiece(std::string& out, const char* piece) { out.append(piece); }
inline void AppendPiece(std::string& out, char piece) { out.push_back(piece); }
inline void AppendPiece(std::string& out, bool piece) { out.append(piece ? "true" : "false"); }

template <typename Number>
requires(std::integral<Number> || std::floating_point<Number>) void AppendPiece(std::string& out, Number number) {
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), number);
  out.append(buffer, end.ptr);
}

}  // namespace internal

template <typename... Pieces>
std::string StrCat(const Pieces&... pieces) {
  std::string out;
  (internal::AppendPiece(out, pieces), ...);
  return out;
}

}  // namespace tfld
