#include "daemon/telemetry/user_names.h"

#include <pwd.h>

#include <array>

namespace tfld::daemon {

std::string UserNames::FromSystem(std::uint32_t uid) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return {};
  return found->pw_name;
}

std::string UserNames::NameOf(std::uint32_t uid) {
  const std::lock_guard lock(mutex_);
  const auto known = known_.find(uid);
  if (known != known_.end()) return known->second;
  std::string name = lookup_(uid);
  if (name.empty()) name = std::to_string(uid);
  return known_.emplace(uid, std::move(name)).first->second;
}

}  // namespace tfld::daemon
