// Core: what requests pass through and who is told of them, whichever door they come by.
#pragma once

#include <memory>
#include <vector>

#include "daemon/lifecycle/manager.h"
#include "daemon/lifecycle/readiness.h"
#include "daemon/lifecycle/serving_map.h"
#include "daemon/rpc/region_registry.h"
#include "daemon/scheduler/request_stats.h"
#include "daemon/scheduler/scheduler.h"
#include "daemon/settings/settings.h"
#include "daemon/system/event_loop.h"
#include "daemon/telemetry/event_hub.h"
#include "daemon/telemetry/failure_log.h"
#include "daemon/telemetry/metrics.h"
#include "daemon/telemetry/trace_settings.h"
#include "daemon/telemetry/tracer.h"

namespace tfld::daemon {

// Members go in reverse order; the doors, and all threads that use this, have gone before.
struct Core {
  explicit Core(const Settings& settings);
  // Makes the loop and the manager, which may fail. Before anything else.
  Status Start();

  // Who is told of every request.
  std::vector<RequestObserver*> observers() { return {&stats, &tracer, &failures}; }

  const Settings& settings;
  Scheduler scheduler;
  ServingMap map;
  RequestStats stats;
  Metrics metrics{stats};
  TraceSettings traces;
  Tracer tracer{traces};
  EventHub events;
  FailureLog failures{LogFailure};
  RegionRegistry regions;
  Readiness readiness;
  std::unique_ptr<EventLoop> loop;
  std::unique_ptr<Manager> manager;
};

}  // namespace tfld::daemon
