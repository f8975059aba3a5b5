// The processors that threads run on.
#pragma once

#include <sched.h>

#include <vector>

namespace tfld::daemon {

// How many processors the calling thread may use; at least 1.
int UsableProcessors();

// While it lives the calling thread runs on these processors, and the threads that it starts stay there. Nothing
// happens for an empty set, and for one that the system refuses.
class ScopedAffinity {
 public:
  explicit ScopedAffinity(const std::vector<int>& processors);
  ~ScopedAffinity();
  ScopedAffinity(const ScopedAffinity&) = delete;
  ScopedAffinity& operator=(const ScopedAffinity&) = delete;

 private:
  cpu_set_t before_;
  bool changed_ = false;
};

}  // namespace tfld::daemon
