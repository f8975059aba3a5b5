// ServiceManager: what systemd is told about the daemon (Type=notify). Does nothing when systemd did not start it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace tfld::daemon {

class ServiceManager {
 public:
  static void Ready(const std::string& status);
  static void SetStatus(const std::string& status);
  static void Stopping(const std::string& status);
  static void FeedWatchdog();
  // How often the watchdog wants to be fed at least (WatchdogSec of the unit); nothing when there is none.
  static std::optional<std::chrono::milliseconds> WatchdogPeriod();
};

}  // namespace tfld::daemon
