// What the settings mean to the rooms: each has options of its own and knows no settings.
#pragma once

#include "daemon/lifecycle/manager.h"
#include "daemon/rpc/rpc_server.h"
#include "daemon/scheduler/scheduler.h"
#include "daemon/settings/settings.h"
#include "daemon/shm/channel_server.h"

namespace tfld::daemon {

// INVALID_ARGUMENT for an affinity with none of the processors that there are, which the scheduler would pass over.
Status CheckAffinity(const Settings& settings);
SchedulerOptions SchedulerOptionsOf(const Settings& settings);
ManagerOptions ManagerOptionsOf(const Settings& settings);
RpcServerOptions InferenceServerOptionsOf(const Settings& settings);
// With a bound of connections of its own: the limits of inference are not to lock administrators out.
RpcServerOptions AdminServerOptionsOf(const Settings& settings);
ShmLimits ShmLimitsOf(const Settings& settings);

}  // namespace tfld::daemon
