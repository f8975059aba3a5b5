#include "daemon/settings/user_id.h"

#include <pwd.h>

#include <cerrno>
#include <vector>

namespace tfld::daemon {

std::optional<std::uint32_t> UserIdOf(const std::string& name) {
  std::vector<char> buffer(4096);
  passwd entry{};
  passwd* found = nullptr;
  while (getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) == ERANGE) {
    buffer.resize(2 * buffer.size());
  }
  return found == nullptr ? std::nullopt : std::optional<std::uint32_t>(found->pw_uid);
}

}  // namespace tfld::daemon
