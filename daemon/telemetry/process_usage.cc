#include "daemon/telemetry/process_usage.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>

namespace tfld::daemon {
namespace {

// Entries of /proc/self/fd, without the one that reading takes itself; 0 when it cannot be read.
std::uint64_t OpenDescriptors() {
  DIR* directory = ::opendir("/proc/self/fd");
  if (directory == nullptr) return 0;
  std::uint64_t count = 0;
  while (const dirent* entry = ::readdir(directory)) {
    if (entry->d_name[0] != '.') ++count;
  }
  ::closedir(directory);
  return count > 0 ? count - 1 : 0;
}

// Seconds since boot, on the clock that /proc counts starts with.
double SinceBoot() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct ProcessStat {
  unsigned long user = 0, system = 0;  // ticks
  long threads = 0;
  unsigned long long started = 0;  // ticks after boot
  unsigned long virtual_bytes = 0;
  long resident_pages = 0;
};

// Fields 14, 15, 20, 22, 23 and 24 of proc(5), after the name in parentheses, which may hold anything.
bool ReadStat(ProcessStat& stat) {
  std::ifstream file("/proc/self/stat");
  std::string line;
  if (!std::getline(file, line)) return false;
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return false;
  return std::sscanf(line.c_str() + name_end + 1,
                     " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %ld %*d %llu %lu %ld",
                     &stat.user, &stat.system, &stat.threads, &stat.started, &stat.virtual_bytes,
                     &stat.resident_pages) == 6;
}

}  // namespace

ProcessUsage ReadProcessUsage() {
  ProcessUsage usage;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  if (ProcessStat stat; ReadStat(stat)) {
    usage.cpu_seconds = static_cast<double>(stat.user + stat.system) / ticks;
    usage.uptime_seconds = SinceBoot() - static_cast<double>(stat.started) / ticks;
    // Once: a clock that is set later does not move the start.
    static const double started = static_cast<double>(std::time(nullptr)) - usage.uptime_seconds;
    usage.started_at = started;
    usage.threads = static_cast<std::uint64_t>(stat.threads);
    usage.virtual_bytes = stat.virtual_bytes;
    usage.resident_bytes =
        static_cast<std::uint64_t>(stat.resident_pages) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  }
  usage.open_descriptors = OpenDescriptors();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) usage.max_descriptors = limit.rlim_cur;
  return usage;
}

}  // namespace tfld::daemon
