// What this process uses, from /proc/self.
#pragma once

#include <cstdint>

namespace tfld::daemon {

struct ProcessUsage {
  double cpu_seconds = 0;
  double started_at = 0;  // Unix time, seconds
  double uptime_seconds = 0;
  std::uint64_t threads = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_descriptors = 0;
  std::uint64_t max_descriptors = 0;
};

// What cannot be read is zero. Any thread.
ProcessUsage ReadProcessUsage();

}  // namespace tfld::daemon
