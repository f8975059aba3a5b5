// Families about this process, with the names that Prometheus' own client libraries give them.
#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>

#include "daemon/telemetry/metric_families.h"

namespace tfld::daemon {
namespace {

using prometheus::MetricType;

void AppendOne(const char* name, const char* help, MetricType type, double value, MetricFamilies& families) {
  FamilyBuilder family(name, help, type);
  if (type == MetricType::Counter) {
    family.AddCounter({}, value);
  } else {
    family.AddGauge({}, value);
  }
  family.AppendTo(families);
}

// Entries of /proc/self/fd, without the one that reading takes itself; -1 when it cannot be read.
int OpenDescriptors() {
  DIR* directory = ::opendir("/proc/self/fd");
  if (directory == nullptr) return -1;
  int count = -1;
  while (const dirent* entry = ::readdir(directory)) {
    if (entry->d_name[0] != '.') ++count;
  }
  ::closedir(directory);
  return count;
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

void AppendProcessFamilies(MetricFamilies& families) {
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  if (ProcessStat stat; ReadStat(stat)) {
    AppendOne("process_cpu_seconds_total", "Processor time of the daemon.", MetricType::Counter,
              static_cast<double>(stat.user + stat.system) / ticks, families);
    // Once: a clock that is set later does not move the start.
    static const double started =
        static_cast<double>(std::time(nullptr)) - SinceBoot() + static_cast<double>(stat.started) / ticks;
    AppendOne("process_start_time_seconds", "When the daemon started, Unix time.", MetricType::Gauge, started,
              families);
    AppendOne("process_threads", "Threads.", MetricType::Gauge, static_cast<double>(stat.threads), families);
    AppendOne("process_virtual_memory_bytes", "Address space in use.", MetricType::Gauge,
              static_cast<double>(stat.virtual_bytes), families);
    AppendOne("process_resident_memory_bytes", "Memory in use.", MetricType::Gauge,
              static_cast<double>(stat.resident_pages) * static_cast<double>(::sysconf(_SC_PAGESIZE)), families);
  }
  if (const int open = OpenDescriptors(); open >= 0) {
    AppendOne("process_open_fds", "Open descriptors.", MetricType::Gauge, open, families);
  }
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    AppendOne("process_max_fds", "How many descriptors may be open.", MetricType::Gauge,
              static_cast<double>(limit.rlim_cur), families);
  }
}

}  // namespace tfld::daemon
