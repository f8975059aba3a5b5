// Plugins: shared libraries that teach the engine custom operators. Only those that the configuration names are loaded.
#pragma once

#include <span>
#include <string>

#include "engine/base/status.h"

namespace tfld::daemon {

// Loads each and lets it register its operators; they stay until the process ends. The file must be owned by root or by
// the daemon's user and writable by nobody else: it runs with the daemon's rights. The first that does not load is an
// error, which names the file and the reason.
Status LoadPlugins(std::span<const std::string> paths);

}  // namespace tfld::daemon
