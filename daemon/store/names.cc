#include "daemon/store/names.h"

#include <algorithm>

#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

constexpr std::size_t kMaxNameLength = 64;
constexpr std::size_t kMaxPartLength = 128;
constexpr int kMaxDepth = 4;

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool IsPlainName(std::string_view name, std::size_t max_length) {
  return !name.empty() && name.size() <= max_length && name[0] != '.' && std::ranges::all_of(name, IsNameCharacter);
}

// For messages: short, and printable whatever came.
std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text.substr(0, kMaxNameLength)) out += c >= ' ' && c <= '~' ? c : '?';
  return out + (text.size() > kMaxNameLength ? "...'" : "'");
}

}  // namespace

Status CheckModelName(std::string_view name) {
  if (IsPlainName(name, kMaxNameLength)) return {};
  return InvalidArgument(StrCat("model name ", Quoted(name), ": expected 1 to ", kMaxNameLength,
                                " of A-Z a-z 0-9 . _ - and no '.' first"));
}

Status CheckPackagePath(std::string_view path) {
  if (path == "model.tflite" || path == "manifest.json") return {};
  bool plain = path.starts_with("golden/");
  int depth = 1;
  std::string_view rest = path;
  for (std::size_t slash; plain && (slash = rest.find('/')) != std::string_view::npos; ++depth) {
    plain = IsPlainName(rest.substr(0, slash), kMaxPartLength) && depth < kMaxDepth;
    rest.remove_prefix(slash + 1);
  }
  if (plain && IsPlainName(rest, kMaxPartLength)) return {};
  return InvalidArgument(StrCat("a package has model.tflite, manifest.json and golden/..., not ", Quoted(path)));
}

}  // namespace tfld::daemon
