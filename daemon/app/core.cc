#include "daemon/app/core.h"

#include <utility>

#include "daemon/app/observed_manager.h"
#include "daemon/app/room_options.h"

namespace tfld::daemon {

Core::Core(const Settings& all) : settings(all), scheduler(SchedulerOptionsOf(all)) {}

Status Core::Start() {
  TFLD_ASSIGN_OR_RETURN(loop, EventLoop::Create());
  TFLD_ASSIGN_OR_RETURN(auto made, Manager::Create(ManagerOptionsOf(settings), scheduler, map));
  manager = ObserveManager(std::move(made), metrics, events, traces);
  return {};
}

}  // namespace tfld::daemon
