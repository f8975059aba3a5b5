// LatencyHistogram: counts durations in buckets that grow by an eighth of a power of two, so that a percentile is
// estimated within about 6 % from a fixed 2 KiB.
//
// Thread rule: any thread; Add is a few relaxed atomic additions. A snapshot taken meanwhile may miss the newest.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tfld::daemon {

struct LatencySummary {
  std::uint64_t count = 0;
  std::uint64_t sum_ns = 0;
  double p50_us = 0, p90_us = 0, p99_us = 0;  // 0 when nothing was counted
};

class LatencyHistogram {
 public:
  void Add(std::chrono::nanoseconds duration);
  LatencySummary Summarize() const;

 private:
  static constexpr int kSubBits = 3;               // eight buckets an octave
  static constexpr std::size_t kBuckets = 8 * 33;  // in units of 128 ns: up to 73 minutes

  static std::size_t BucketOf(std::uint64_t units);
  static std::uint64_t LowerBound(std::size_t bucket);  // in units

  std::array<std::atomic<std::uint64_t>, kBuckets> counts_{};
  std::atomic<std::uint64_t> sum_ns_{0};
};

}  // namespace tfld::daemon
