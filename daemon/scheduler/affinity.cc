#include "daemon/scheduler/affinity.h"

#include <algorithm>
#include <cstddef>

#include "engine/base/str_cat.h"

namespace tfld::daemon {

int UsableProcessors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

std::string UsableProcessorSet() {
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof(set), &set);
  std::string text;
  for (std::size_t first = 0; first < CPU_SETSIZE; ++first) {
    if (!CPU_ISSET(first, &set)) continue;
    std::size_t last = first;
    while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, &set)) ++last;
    text += StrCat(text.empty() ? "" : ",", first, last > first ? StrCat("-", last) : "");
    first = last;
  }
  return text;
}

ScopedAffinity::ScopedAffinity(const std::vector<int>& processors) {
  CPU_ZERO(&before_);
  if (processors.empty() || sched_getaffinity(0, sizeof(before_), &before_) != 0) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int processor : processors) CPU_SET(static_cast<std::size_t>(processor), &set);
  changed_ = sched_setaffinity(0, sizeof(set), &set) == 0;
  refused_ = !changed_;
}

ScopedAffinity::~ScopedAffinity() {
  if (changed_) sched_setaffinity(0, sizeof(before_), &before_);
}

}  // namespace tfld::daemon
