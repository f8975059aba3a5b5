// The states of a version, as callers see them. VersionState itself is in manager.h, for its callers.
//
//   Received -> Verified -> Staged -> Warming -> Active -> Draining -> Retired
//
// A retired version can be activated again; from anywhere a version can fail. A version with a label is Loaded when it
// is not the active one.
#pragma once

#include "daemon/lifecycle/manager.h"
#include "daemon/store/model_state.h"

namespace tfld::daemon {

// What is durable, as callers see it. Received and verified versions are not durable, and draining is a retired
// version that still has requests.
VersionState FromStored(StoredState state);

}  // namespace tfld::daemon
