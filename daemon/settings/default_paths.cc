#include "daemon/settings/default_paths.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

std::string AbsoluteOrEmpty(const std::string& path) { return path.starts_with('/') ? path : std::string(); }

// The directory that `variable` names, or `below_home` in the home directory.
Result<std::string> XdgDirectory(const RunningUser& user, std::string_view variable, std::string_view below_home) {
  std::string directory = AbsoluteOrEmpty(user.environment(variable));
  if (!directory.empty()) return directory;
  const std::string home = AbsoluteOrEmpty(user.environment("HOME"));
  if (home.empty()) {
    return FailedPrecondition(StrCat("neither ", variable,
                                     " nor HOME is set to an absolute path; set one of them, or "
                                     "give --config, --state-dir and --runtime-dir"));
  }
  return StrCat(home, "/", below_home);
}

}  // namespace

RunningUser RunningUser::Current() {
  RunningUser user;
  user.uid = ::geteuid();
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user.uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    user.name = found->pw_name;
  }
  user.environment = [](std::string_view variable) {
    const char* value = std::getenv(std::string(variable).c_str());
    return std::string(value != nullptr ? value : "");
  };
  return user;
}

Result<DefaultPaths> DefaultPathsOf(const RunningUser& user) {
  if (user.uid == 0 || user.name == "tfld") return DefaultPaths{"/etc/tfld/tfld.toml", "/var/lib/tfld", "/run/tfld"};
  TFLD_ASSIGN_OR_RETURN(const std::string config, XdgDirectory(user, "XDG_CONFIG_HOME", ".config"));
  TFLD_ASSIGN_OR_RETURN(const std::string state, XdgDirectory(user, "XDG_STATE_HOME", ".local/state"));
  const std::string runtime = AbsoluteOrEmpty(user.environment("XDG_RUNTIME_DIR"));
  return DefaultPaths{StrCat(config, "/tfld/tfld.toml"), StrCat(state, "/tfld"),
                      runtime.empty() ? StrCat("/tmp/tfld-", user.uid) : StrCat(runtime, "/tfld")};
}

}  // namespace tfld::daemon
