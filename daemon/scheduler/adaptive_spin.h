// AdaptiveSpin: how long it pays to look for work before sleeping, learned from the last waits. A pure object.
//
// Falling asleep and being woken costs about as much as a short spin. So a wait spins when most of the last eight ended
// soon enough for it, and sleeps at once when not: an idle daemon does not spin, one with a client that asks again and
// again answers without a wake-up.
#pragma once

#include <bit>
#include <chrono>
#include <cstdint>

namespace tfld::daemon {

class AdaptiveSpin {
 public:
  // The longest spin; 0 for never.
  explicit AdaptiveSpin(std::chrono::nanoseconds longest) : longest_(longest) {}

  // How long the wait that begins now may spin.
  std::chrono::nanoseconds Budget() const { return std::popcount(soon_) >= 4 ? longest_ : std::chrono::nanoseconds(0); }

  // How long a wait lasted, whether it spun or slept; one that slept took a wake-up longer than it would have spun.
  void Record(std::chrono::nanoseconds wait, bool slept) {
    const bool soon = wait <= (slept ? longest_ + kWakeUp : longest_);
    soon_ = static_cast<std::uint8_t>((soon_ << 1) | (soon ? 1 : 0));
  }

 private:
  static constexpr std::chrono::nanoseconds kWakeUp{5'000};

  std::chrono::nanoseconds longest_;
  std::uint8_t soon_ = 0x0f;  // a bit for each of the last waits; undecided at first
};

}  // namespace tfld::daemon
