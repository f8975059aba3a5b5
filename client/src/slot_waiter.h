// SlotWaiter: waits for the answer in a slot: a short spin where answers come quickly, then sleep.
//
// Waking a thread that sleeps costs several microseconds, a good part of what small models take. So when the last
// answers came within kLongestSpin, the next wait spins about twice as long as they took. Where there is one processor,
// spinning would keep the daemon from it; and where requests wait for executors that are busy, it would take processors
// from these. And where others compute on ours, yielding to the executor lets them go first for a whole time slice,
// while one that sleeps is woken at once: when that has happened, the next waits sleep, more and more of them the more
// often it happens.
//
// Thread rule: one owner.
#pragma once

#include <chrono>

#include "client/src/channel_link.h"
#include "client/src/slot_memory.h"
#include "proto/channel/memory.h"

namespace tfld::client {

class SlotWaiter {
 public:
  using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC, as the channel wants it

  enum class Outcome {
    kAnswered,
    kLate,    // the deadline came first
    kClosed,  // the daemon took no more requests, and this one not either
    kGone,    // the daemon ended
  };

  // `posted` is when the slot was.
  Outcome Wait(const SlotMemory& memory, const ChannelLink& link, Clock::time_point posted, Clock::time_point deadline);

  // How long the daemon took, and how much of that the request waited there for an executor, for the next Wait.
  void Learn(std::chrono::nanoseconds latency, std::chrono::nanoseconds queued);
  // Whether a spin is likely to meet the answer, as far as was learnt.
  bool AnswersAreQuick() const;

 private:
  bool Spin(channel::SlotHeader& slot, Clock::time_point until);

  std::chrono::nanoseconds usual_{0};  // a moving average, and so the next
  std::chrono::nanoseconds usual_queued_{0};
  int sleeps_left_ = 0;  // waits before the next that spins
  int penalty_ = 0;      // what they are set to
};

}  // namespace tfld::client
