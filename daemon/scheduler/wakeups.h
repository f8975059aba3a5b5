// Wakeups: threads that sleep for an answer, woken by executors, several at a time and each on its own processor.
//
// Where every processor is busy, waking a thread that last ran on another one interrupts whoever runs there, and costs
// about half of what a small model takes; threads that are woken together share that, and one that is woken from its
// own processor interrupts nobody. So while more jobs wait, an executor keeps a wake-up back for a fraction of the time
// that the answer has taken anyway, or leaves it to the executor that works on the sleeper's processor if that one is
// through with its job by then. Who looks for its answer instead of sleeping has it at once in any case.
//
// Thread rule: an object is its executor's, on whose thread all is called but what others leave with it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "daemon/scheduler/job.h"

namespace tfld::daemon {

// Wakes who sleeps on a futex. Any thread.
void WakeNow(std::uint32_t& word);
// The same, or a little later where an executor's thread keeps it back. `owner` keeps the word's memory until then.
// `processor` is where the sleeper last ran, and may be wrong. The sleeper looks at the answer, not at the wake-up,
// which may come when it has gone. Any thread.
void WakeSoon(std::shared_ptr<const void> owner, std::uint32_t& word, std::uint32_t processor);
// Whoever waits for the answer does not sleep but looks for it, perhaps on this processor. Any thread.
void NoteAwake();

class WakeupGroup;

class Wakeups {
 public:
  explicit Wakeups(WakeupGroup* group) : group_(group) { kept_.reserve(kMost), leaving_.reserve(kMost); }
  Wakeups(const Wakeups&) = delete;
  Wakeups& operator=(const Wakeups&) = delete;

  // The calling thread's, from its Enter to its Leave.
  void Enter();
  void Leave();

  // The executor works on this thread's processor and looks here again at `then`, as far as it knows: whoever should
  // not wait until then is woken.
  void WorkUntil(SteadyTime then);
  // It rests: wakes all, and nobody leaves anything here any more.
  void Rest();
  bool resting() const { return resting_.load(std::memory_order_relaxed); }

  // What comes from the own thread from now on may be kept back until then; at SteadyTime::min() not at all.
  void KeepUntil(SteadyTime until) { until_ = until; }
  // Wakes all, if one of them should not wait until `then`.
  void FlushBefore(SteadyTime then) {
    if (then > due_.load(std::memory_order_relaxed)) Flush();
  }
  void Flush();
  bool empty() const { return due_.load(std::memory_order_relaxed) == SteadyTime::max(); }
  // Whether NoteAwake was called since the last time.
  bool TakeAwake() { return std::exchange(awake_, false); }

 private:
  friend void WakeSoon(std::shared_ptr<const void> owner, std::uint32_t& word, std::uint32_t processor);
  friend void NoteAwake();
  friend class WakeupGroup;

  static constexpr std::size_t kMost = 64;

  struct Sleeper {
    std::shared_ptr<const void> owner;
    std::uint32_t* word = nullptr;
  };

  // False where nobody works, or too many are kept. Any thread.
  bool Keep(Sleeper& sleeper, SteadyTime until);

  WakeupGroup* const group_;
  std::atomic<std::uint32_t> processor_{0};
  std::atomic<bool> resting_{true};  // set under the lock
  std::atomic<SteadyTime> next_look_{SteadyTime::max()};
  std::atomic<SteadyTime> due_{SteadyTime::max()};  // of the first that is due; written under the lock
  std::mutex mutex_;
  std::vector<Sleeper> kept_;
  std::vector<Sleeper> leaving_;          // own thread, and so the next ones
  SteadyTime until_ = SteadyTime::min();  // for what comes now
  bool awake_ = false;
};

// Those of executors that leave wake-ups to each other.
class WakeupGroup {
 public:
  explicit WakeupGroup(std::size_t count);
  Wakeups& operator[](std::size_t index) { return *members_[index]; }

 private:
  friend void WakeSoon(std::shared_ptr<const void> owner, std::uint32_t& word, std::uint32_t processor);
  // The one that works there; `own` when none does.
  Wakeups& On(std::uint32_t processor, Wakeups& own) const;

  std::vector<std::unique_ptr<Wakeups>> members_;
};

}  // namespace tfld::daemon
