#include "daemon/settings/model_name.h"

#include <algorithm>
#include <cstddef>

namespace tfld::daemon {
namespace {

constexpr std::size_t kMaxLength = 64;

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

bool IsModelName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxLength && name[0] != '.' && std::ranges::all_of(name, IsNameCharacter);
}

}  // namespace tfld::daemon
