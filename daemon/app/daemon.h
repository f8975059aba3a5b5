// Daemon: builds the rooms in order, runs until it is told to stop, and takes them down in reverse.
#pragma once

#include "daemon/settings/settings.h"
#include "engine/base/status.h"

namespace tfld::daemon {

// Returns when the daemon has stopped in good order, or could not start. Logs what it does. The settings have passed
// CheckAffinity, and signals are blocked already in all threads (BlockSignals). Thread rule: from the main thread,
// which becomes the system thread.
Status RunDaemon(const Settings& settings);

}  // namespace tfld::daemon
