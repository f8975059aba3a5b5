// CostEstimate: how long an inference of one model version takes on an executor, learned from each that succeeded.
//
// Thread rule: any thread. Of two that add at the same time one may be lost.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace tfld::daemon {

class CostEstimate {
 public:
  using Nanoseconds = std::chrono::nanoseconds;

  // What to expect: the mean, in which the last eight or so count most. 0 before the first run.
  Nanoseconds mean() const { return Nanoseconds(mean_.load(std::memory_order_relaxed)); }
  // What it takes at least, for saying that something cannot be done: the shortest run, forgotten slowly, and less the
  // more it is doubted.
  Nanoseconds floor() const {
    const std::int64_t trust = kTrust - std::min<std::int64_t>(doubt_.load(std::memory_order_relaxed), kTrust);
    return Nanoseconds(floor_.load(std::memory_order_relaxed) / kTrust * trust);
  }

  void Add(Nanoseconds cost) {
    const std::int64_t sample = std::max<std::int64_t>(cost.count(), 1);
    const std::int64_t mean = mean_.load(std::memory_order_relaxed);
    const std::int64_t floor = floor_.load(std::memory_order_relaxed);
    mean_.store(mean == 0 ? sample : std::max<std::int64_t>(mean + (sample - mean) / 8, 1), std::memory_order_relaxed);
    floor_.store(floor == 0 ? sample : std::min(sample, floor + std::max<std::int64_t>(mean - floor, 0) / 64),
                 std::memory_order_relaxed);
    doubt_.store(0, std::memory_order_relaxed);
  }

  // A request was refused for the floor alone. After enough of them one gets through and shows whether it was right: an
  // estimate that is too high cannot keep all requests away by which it would be corrected.
  void Doubt() { doubt_.fetch_add(1, std::memory_order_relaxed); }

 private:
  static constexpr std::int64_t kTrust = 128;

  std::atomic<std::int64_t> mean_{0}, floor_{0};  // ns
  std::atomic<std::int64_t> doubt_{0};            // refusals since the last run
};

}  // namespace tfld::daemon
