// What tfld-ctl tells the shell.
#pragma once

#include <string>

#include "engine/base/status.h"

namespace tfld::ctl {

enum ExitStatus : int { kSuccess = 0, kFailure = 1, kWrongUsage = 2, kNoDaemon = 3 };

// kNoDaemon only when nobody listens: a daemon may itself answer UNAVAILABLE.
ExitStatus ExitStatusOf(const Status& status, const std::string& runtime_dir);

}  // namespace tfld::ctl
