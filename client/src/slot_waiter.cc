#include "client/src/slot_waiter.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "engine/base/spin_pause.h"

namespace tfld::client {
namespace {

using std::chrono::nanoseconds;
using Clock = SlotWaiter::Clock;

constexpr nanoseconds kLongestSpin = std::chrono::microseconds(250);
// Where requests wait for a larger part of their time, and longer than it takes to be handed over, every executor is
// busy.
constexpr int kQueuedShare = 4;
constexpr nanoseconds kHandOver = std::chrono::microseconds(5);
// An executor that was woken on our processor is to begin at once; later on a yield is for others.
constexpr int kLooksBeforeFirstYield = 8;
constexpr int kLooksBetweenYields = 64;
// A yield that lets an executor run takes less.
constexpr nanoseconds kLongestYield = std::chrono::microseconds(500);
constexpr int kFirstPenalty = 64;
constexpr int kLargestPenalty = 4096;
// A daemon that dies wakes nobody: this is how often we look whether it lives.
constexpr nanoseconds kLookAround = std::chrono::milliseconds(100);

bool HasOtherProcessors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 1;
}

bool Answered(channel::SlotHeader& slot) {
  return std::atomic_ref(slot.state).load(std::memory_order_acquire) == channel::kDone;
}

// Until the daemon wakes us, a signal comes, or about so long.
void Sleep(channel::SlotHeader& slot, nanoseconds longest) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(longest);
  const timespec timeout{seconds.count(), (longest - seconds).count()};
  ::syscall(SYS_futex, &slot.state, FUTEX_WAIT, channel::kPosted, &timeout, nullptr, 0);
}

}  // namespace

bool SlotWaiter::AnswersAreQuick() const {
  const bool executors_are_busy = usual_queued_ > kHandOver && usual_queued_ * kQueuedShare > usual_;
  return usual_ <= kLongestSpin && !executors_are_busy;
}

bool SlotWaiter::Spin(channel::SlotHeader& slot, Clock::time_point until) {
  Clock::time_point now = Clock::now();
  for (int looks = kLooksBeforeFirstYield;; looks = kLooksBetweenYields) {
    for (int i = 0; i < looks; ++i) {
      if (Answered(slot)) {
        penalty_ -= penalty_ / 16;
        return true;
      }
      SpinPause();
    }
    if (now >= until) return Answered(slot);
    const Clock::time_point before = now;
    ::sched_yield();  // the executor may have been woken on this very processor
    now = Clock::now();
    if (now - before < kLongestYield) continue;
    penalty_ = std::clamp(penalty_ * 4, kFirstPenalty, kLargestPenalty);
    sleeps_left_ = penalty_;
    return Answered(slot);
  }
}

SlotWaiter::Outcome SlotWaiter::Wait(const SlotMemory& memory, const ChannelLink& link, Clock::time_point posted,
                                     Clock::time_point deadline) {
  static const bool can_spin = HasOtherProcessors();
  channel::SlotHeader& slot = memory.header();
  if (sleeps_left_ > 0) {
    --sleeps_left_;
  } else if (can_spin && AnswersAreQuick() && Spin(slot, std::min(posted + 2 * usual_, deadline))) {
    return Outcome::kAnswered;
  }
  // Announced first and looked at then; the daemon does it the other way round, so one of us sees the other.
  const auto processor = static_cast<std::uint32_t>(std::max(0, ::sched_getcpu()));
  std::atomic_ref(slot.sleepers).store(processor + 1, std::memory_order_seq_cst);
  Outcome outcome = Outcome::kAnswered;
  Clock::time_point looked = posted;
  while (!Answered(slot)) {
    const Clock::time_point now = Clock::now();
    const nanoseconds left = deadline - now;
    if (left <= nanoseconds::zero()) {
      outcome = Outcome::kLate;
      break;
    }
    const bool looks = now - looked >= kLookAround;  // by the clock: signals may end every sleep early
    if (looks) looked = now;
    if (const bool closed = link.closed_before(memory.index()); closed || (looks && link.gone())) {
      if (!Answered(slot)) outcome = closed ? Outcome::kClosed : Outcome::kGone;
      break;
    }
    Sleep(slot, std::min(left, kLookAround));
  }
  std::atomic_ref(slot.sleepers).store(0, std::memory_order_relaxed);
  return outcome;
}

void SlotWaiter::Learn(nanoseconds latency, nanoseconds queued) {
  const auto average = [](nanoseconds& usual, nanoseconds last) {
    usual += (std::clamp(last, nanoseconds::zero(), 16 * kLongestSpin) - usual) / 8;
  };
  average(usual_, latency);
  average(usual_queued_, queued);
}

}  // namespace tfld::client
