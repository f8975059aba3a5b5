// ObservedManager: a Manager that logs and counts every change that goes through it and tells those who watch, once,
// with who asked for it.
#pragma once

#include <memory>

#include "daemon/lifecycle/manager.h"
#include "daemon/telemetry/event_hub.h"
#include "daemon/telemetry/metrics.h"
#include "daemon/telemetry/trace_settings.h"

namespace tfld::daemon {

// A model that is removed is forgotten by `traces`. All three must outlive the result.
std::unique_ptr<Manager> ObserveManager(std::unique_ptr<Manager> manager, Metrics& metrics, EventHub& events,
                                        TraceSettings& traces);

}  // namespace tfld::daemon
