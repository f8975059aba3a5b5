// InterruptibleTasks: makes operators pause now and then. An operator of XNNPACK hands all of its work to pthreadpool
// as a loop over small tasks, which without a pool runs on the calling thread: between two of these tasks is the place.
//
// The linker leads XNNPACK's calls of pthreadpool to the functions of interruptible_tasks.cc first; see CMakeLists.txt.
// Where a program is linked without that, operators just do not pause.
//
// Thread rule: concerns the thread that makes it, until it is destroyed, in the opposite order on one thread.
#pragma once

#include <chrono>
#include <cstdint>

#include "engine/kernels/interruption.h"

namespace tfld::engine::xnnpack {

class InterruptibleTasks {
 public:
  // About how often: the greatest time between two interruptions is this and one task.
  static constexpr std::chrono::microseconds kPeriod{20};

  // Null for none, also when an operator that pauses is what led here.
  explicit InterruptibleTasks(Interruption* interruption);
  ~InterruptibleTasks();
  InterruptibleTasks(const InterruptibleTasks&) = delete;
  InterruptibleTasks& operator=(const InterruptibleTasks&) = delete;

  // What this thread has; null without an interruption.
  static InterruptibleTasks* Current();

  void AfterTask() {
    if (--tasks_left_ == 0) Pause();
  }

 private:
  using Clock = std::chrono::steady_clock;

  void Pause();

  Interruption* const interruption_;
  InterruptibleTasks* const before_;
  // Tasks are far shorter than a look at the clock is worth, so so many of them pass between two looks.
  std::uint32_t tasks_left_ = 1;
  std::uint32_t tasks_between_looks_ = 1;
  Clock::time_point looked_{};
};

}  // namespace tfld::engine::xnnpack
