#include "daemon/scheduler/affinity.h"

#include <algorithm>
#include <cstddef>

namespace tfld::daemon {

int UsableProcessors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

ScopedAffinity::ScopedAffinity(const std::vector<int>& processors) {
  CPU_ZERO(&before_);
  if (processors.empty() || sched_getaffinity(0, sizeof(before_), &before_) != 0) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int processor : processors) CPU_SET(static_cast<std::size_t>(processor), &set);
  changed_ = sched_setaffinity(0, sizeof(set), &set) == 0;
}

ScopedAffinity::~ScopedAffinity() {
  if (changed_) sched_setaffinity(0, sizeof(before_), &before_);
}

}  // namespace tfld::daemon
