#include "daemon/app/core.h"

#include <utility>

#include "daemon/app/observed_manager.h"
#include "daemon/app/room_options.h"
#include "daemon/telemetry/log.h"

namespace tfld::daemon {

Core::Core(const Settings& all) : settings(all), scheduler(SchedulerOptionsOf(all)) {}

Status Core::Start() {
  TFLD_ASSIGN_OR_RETURN(loop, EventLoop::Create());
  ManagerOptions options = ManagerOptionsOf(settings);
  options.notice = [](const std::string& version, const std::string& what) {
    Log(LogLevel::kWarning, what, {{"version", version}});
  };
  TFLD_ASSIGN_OR_RETURN(auto made, Manager::Create(options, scheduler, map));
  manager = ObserveManager(std::move(made), metrics, events, traces);
  return {};
}

}  // namespace tfld::daemon
