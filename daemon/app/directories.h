// The daemon's directories, made when they are missing.
#pragma once

#include "daemon/settings/settings.h"
#include "engine/base/status.h"

namespace tfld::daemon {

// The state directory is readable by its user alone; the runtime directory may be searched by everybody, since the
// sockets inside have permissions of their own. PERMISSION_DENIED for a runtime directory in which somebody else could
// put sockets of theirs. Errors name the directory.
Status MakeDirectories(const Settings& settings);

}  // namespace tfld::daemon
