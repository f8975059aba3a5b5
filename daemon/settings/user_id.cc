#include "daemon/settings/user_id.h"

#include <pwd.h>

#include <array>

namespace tfld::daemon {

std::optional<std::uint32_t> UserIdOf(const std::string& name) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return std::nullopt;
  }
  return entry.pw_uid;
}

}  // namespace tfld::daemon
