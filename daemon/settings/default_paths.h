// Where the daemon keeps its files when nobody says otherwise: the system's directories for root and the user `tfld`,
// the XDG base directories for anybody else (https://specifications.freedesktop.org/basedir-spec).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace tfld::daemon {

struct DefaultPaths {
  std::string config_file;
  std::string state_dir;
  std::string runtime_dir;
};

// Who runs the daemon, for DefaultPathsOf; a test makes its own.
struct RunningUser {
  unsigned uid = 0;
  std::string name;
  // The value of an environment variable, empty when it is not set.
  std::function<std::string(std::string_view)> environment;

  // Of this process.
  static RunningUser Current();
};

// XDG_CONFIG_HOME and XDG_STATE_HOME default to ~/.config and ~/.local/state; a relative path in them counts as unset.
// Without XDG_RUNTIME_DIR the runtime directory is /tmp/tfld-UID. FAILED_PRECONDITION when HOME is needed and not set.
Result<DefaultPaths> DefaultPathsOf(const RunningUser& user);

}  // namespace tfld::daemon
