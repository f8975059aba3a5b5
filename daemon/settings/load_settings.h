// Reads the configuration file, and puts together what file, command line and defaults say.
#pragma once

#include <string>
#include <string_view>

#include "daemon/settings/default_paths.h"
#include "daemon/settings/settings.h"
#include "engine/base/result.h"

namespace tfld::daemon {

// What the command line says; empty for what it does not.
struct SettingsArguments {
  std::string config_file;
  std::string state_dir;
  std::string runtime_dir;
};

// The options of `toml` over `defaults`. INVALID_ARGUMENT has a line for each option that is unknown or wrong, with
// file, line and column, the option's name, what it is and what was expected.
Result<Settings> ParseSettings(std::string_view toml, const std::string& file_name, const Settings& defaults = {});

// Arguments win over the file, the file over the user's defaults. The default file need not exist; a file that the
// arguments name must.
Result<Settings> LoadSettings(const SettingsArguments& arguments, const RunningUser& user);

}  // namespace tfld::daemon
