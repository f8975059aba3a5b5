// ObservedManager: a Manager that logs and counts every change that goes through it, once, with who asked for it.
#pragma once

#include <memory>

#include "daemon/lifecycle/manager.h"
#include "daemon/telemetry/metrics.h"

namespace tfld::daemon {

// `metrics` must outlive the result.
std::unique_ptr<Manager> ObserveManager(std::unique_ptr<Manager> manager, Metrics& metrics);

}  // namespace tfld::daemon
