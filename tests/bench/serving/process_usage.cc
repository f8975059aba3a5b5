#include "tests/bench/serving/process_usage.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "engine/base/str_cat.h"

namespace tfld::bench {
namespace {

int CountEntries(const std::string& directory) {
  int count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) ++count;
  return count;
}

}  // namespace

ProcessUsage UsageOf(pid_t pid) {
  const std::string proc = StrCat("/proc/", pid, "/");
  ProcessUsage usage;
  std::ifstream rollup(proc + "smaps_rollup");
  for (std::string line; std::getline(rollup, line);) {
    if (!line.starts_with("Rss:")) continue;
    std::istringstream(line.substr(4)) >> usage.resident_kib;
  }
  std::ifstream maps(proc + "maps");
  for (std::string line; std::getline(maps, line);) ++usage.mappings;
  usage.descriptors = CountEntries(proc + "fd");
  usage.threads = CountEntries(proc + "task");
  return usage;
}

}  // namespace tfld::bench
