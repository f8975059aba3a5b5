// Interruption: what the thread of a kernel that runs for long may do between two pieces of its work.
#pragma once

namespace tfld::engine {

class Interruption {
 public:
  virtual ~Interruption() = default;
  // Returns when the kernel is to go on. May run kernels of other sessions.
  virtual void Take() = 0;
};

}  // namespace tfld::engine
