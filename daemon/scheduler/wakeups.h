// Wakeups: threads that sleep for an answer, woken by the executor that gave it, several at a time.
//
// Where every processor is busy a wake-up interrupts whoever runs on another one, and costs about half of what a small
// model takes. Threads that are woken together share that. So while more jobs wait, an executor keeps wake-ups back for
// a fraction of the time that the answers have taken anyway. Who looks for its answer instead of sleeping has it at
// once in any case.
//
// Thread rule: an object lives on its executor's thread, which alone uses it; the functions any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "daemon/scheduler/job.h"

namespace tfld::daemon {

// Wakes who sleeps on a futex.
void WakeNow(std::uint32_t& word);
// The same, or a little later where the thread has a Wakeups that keeps it back. `owner` keeps the word's memory until
// then. The sleeper looks at the answer, not at the wake-up, which may come when it has gone.
void WakeSoon(std::shared_ptr<const void> owner, std::uint32_t& word);
// Whoever waits for the answer does not sleep but looks for it, perhaps on this processor.
void NoteAwake();

class Wakeups {
 public:
  Wakeups();
  ~Wakeups();
  Wakeups(const Wakeups&) = delete;
  Wakeups& operator=(const Wakeups&) = delete;

  // What comes from now on may be kept back until then; at SteadyTime::min() not at all.
  void KeepUntil(SteadyTime until) { until_ = until; }
  // Wakes all, if one of them should not wait until `then`.
  void FlushBefore(SteadyTime then) {
    if (then > due_) Flush();
  }
  void Flush();
  bool empty() const { return count_ == 0; }
  // Whether NoteAwake was called since the last time.
  bool TakeAwake() { return std::exchange(awake_, false); }

 private:
  friend void WakeSoon(std::shared_ptr<const void> owner, std::uint32_t& word);
  friend void NoteAwake();

  struct Sleeper {
    std::shared_ptr<const void> owner;
    std::uint32_t* word = nullptr;
  };

  std::array<Sleeper, 64> sleepers_;
  std::size_t count_ = 0;
  SteadyTime due_ = SteadyTime::max();    // of the first that is due
  SteadyTime until_ = SteadyTime::min();  // for what comes now
  bool awake_ = false;
};

}  // namespace tfld::daemon
