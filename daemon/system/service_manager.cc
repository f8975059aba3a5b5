#include "daemon/system/service_manager.h"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace tfld::daemon {

void ServiceManager::Ready(const std::string& status) { ::sd_notify(0, ("READY=1\nSTATUS=" + status).c_str()); }

void ServiceManager::SetStatus(const std::string& status) { ::sd_notify(0, ("STATUS=" + status).c_str()); }

void ServiceManager::Stopping(const std::string& status) { ::sd_notify(0, ("STOPPING=1\nSTATUS=" + status).c_str()); }

void ServiceManager::FeedWatchdog() { ::sd_notify(0, "WATCHDOG=1"); }

std::optional<std::chrono::milliseconds> ServiceManager::WatchdogPeriod() {
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::microseconds(microseconds));
}

}  // namespace tfld::daemon
