#include "daemon/store/names.h"

#include "engine/base/model_name.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

constexpr std::size_t kMaxQuoted = 64;
constexpr std::size_t kMaxPartLength = 128;
constexpr int kMaxDepth = 4;

// For messages: short, and printable whatever came.
std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text.substr(0, kMaxQuoted)) out += c >= ' ' && c <= '~' ? c : '?';
  return out + (text.size() > kMaxQuoted ? "...'" : "'");
}

}  // namespace

Status CheckModelName(std::string_view name) {
  if (IsModelName(name)) return {};
  return InvalidArgument(StrCat("model name ", Quoted(name), ": expected ", kModelNameExpected));
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
