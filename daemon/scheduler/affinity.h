// The processors that threads run on.
#pragma once

#include <sched.h>

#include <string>
#include <vector>

namespace tfld::daemon {

// How many processors the calling thread may use; at least 1.
int UsableProcessors();
// The same as a list, for messages: "0-3,6".
std::string UsableProcessorSet();

// While it lives the calling thread runs on these processors, and the threads that it starts stay there. Nothing
// happens for an empty set, and for one that the system refuses.
class ScopedAffinity {
 public:
  explicit ScopedAffinity(const std::vector<int>& processors);
  ~ScopedAffinity();
  ScopedAffinity(const ScopedAffinity&) = delete;
  ScopedAffinity& operator=(const ScopedAffinity&) = delete;

  // Whether the system has refused the set: none of the processors is there, or may be used.
  bool refused() const { return refused_; }

 private:
  cpu_set_t before_;
  bool changed_ = false;
  bool refused_ = false;
};

}  // namespace tfld::daemon
