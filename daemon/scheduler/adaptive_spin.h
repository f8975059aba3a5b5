// AdaptiveSpin: how long it pays to look for work before sleeping, learned from the last waits. A pure object.
//
// A wait is a candidate for spinning when most of the last eight were short enough for it: an idle daemon does not
// spin, one with a client that asks again and again does, and answers without a wake-up. But where the client has no
// processor of its own, spinning keeps it from asking, and makes waits longer. So candidates are timed both ways, and
// the way with the shorter waits is taken. One wait of 128 tries spinning meanwhile, or one of 1024 sleeping, which
// costs a wake-up: so seldom that no percentile of interest feels it.
//
// Thread rule: one thread at a time.
#pragma once

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdint>

namespace tfld::daemon {

class AdaptiveSpin {
 public:
  using Nanoseconds = std::chrono::nanoseconds;

  // The longest spin; 0 for never.
  explicit AdaptiveSpin(Nanoseconds longest) : longest_(longest) {}

  // How long the wait that begins now may spin.
  Nanoseconds Budget() {
    candidate_ = std::popcount(soon_) >= 4;
    if (!candidate_) return Nanoseconds(0);
    const bool spins = spinning_ <= sleeping_;
    tries_other_ = ++turn_ % (spins ? kTurnsSpinning : kTurnsSleeping) == 0;
    return spins != tries_other_ ? longest_ : Nanoseconds(0);
  }

  // How long a wait lasted that had such a budget.
  void Record(Nanoseconds wait, Nanoseconds budget) {
    const bool soon = wait <= longest_ + kWakeUp;
    soon_ = static_cast<std::uint8_t>((soon_ << 1) | (soon ? 1 : 0));
    if (!candidate_) return;
    Nanoseconds& mean = budget > Nanoseconds(0) ? spinning_ : sleeping_;
    mean += (std::min(wait, 2 * longest_ + kWakeUp) - mean) / (tries_other_ ? 2 : 8);  // a rare try counts for more
  }

 private:
  static constexpr Nanoseconds kWakeUp{20'000};
  static constexpr std::uint32_t kTurnsSpinning = 1024, kTurnsSleeping = 128;

  Nanoseconds longest_;
  Nanoseconds spinning_{0}, sleeping_{0};         // the mean wait each way
  bool candidate_ = false, tries_other_ = false;  // of the wait that goes on
  std::uint32_t turn_ = 0;
  std::uint8_t soon_ = 0x0f;  // a bit for each of the last waits; undecided at first
};

}  // namespace tfld::daemon
