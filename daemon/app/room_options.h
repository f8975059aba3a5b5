// What the settings mean to the rooms: each has options of its own and knows no settings.
#pragma once

#include "daemon/lifecycle/manager.h"
#include "daemon/rpc/rpc_server.h"
#include "daemon/scheduler/scheduler.h"
#include "daemon/settings/settings.h"
#include "daemon/shm/channel_server.h"

namespace tfld::daemon {

SchedulerOptions SchedulerOptionsOf(const Settings& settings);
ManagerOptions ManagerOptionsOf(const Settings& settings);
// Of both gRPC servers.
RpcServerOptions RpcServerOptionsOf(const Settings& settings);
ShmLimits ShmLimitsOf(const Settings& settings);

}  // namespace tfld::daemon
