// What a process holds, from /proc.
#pragma once

#include <sys/types.h>

namespace tfld::bench {

struct ProcessUsage {
  double resident_kib = 0;
  int descriptors = 0;
  int threads = 0;
  int mappings = 0;
};

ProcessUsage UsageOf(pid_t pid);

}  // namespace tfld::bench
