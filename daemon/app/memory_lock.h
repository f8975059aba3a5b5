// Keeping the daemon in memory, for those whose requests may not wait for the disk.
#pragma once

#include "engine/base/status.h"

namespace tfld::daemon {

// From now on every page of the process stays in memory once it was touched: what the warm-up of a model has touched is
// there when a request comes. Pages that nobody touches, such as those of deep stacks, take no memory. Before threads
// are started. A limit of locked memory must not hold, however high: threads and models that pass it later could not be
// made. RESOURCE_EXHAUSTED or PERMISSION_DENIED, with what to do.
Status LockMemory();

}  // namespace tfld::daemon
