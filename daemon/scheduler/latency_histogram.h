// LatencyHistogram: counts durations in buckets that grow by an eighth of a power of two, so that a percentile is
// estimated within about 6 % from a fixed 2 KiB.
//
// Thread rule: any thread; Add is two relaxed atomic additions. A snapshot taken meanwhile may miss the newest.
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

// What a histogram held at one moment. A value: sums of several and differences over time are made of it.
struct HistogramCounts {
  static constexpr int kSubBits = 3;               // eight buckets an octave
  static constexpr std::size_t kBuckets = 8 * 33;  // in units of 128 ns: up to 73 minutes
  static constexpr std::uint64_t kUnitNs = 128;

  // A duration of so many units belongs to this bucket; the last one takes all that is longer.
  static std::size_t BucketOf(std::uint64_t units);
  // The least duration of a bucket, in units; for `kBuckets` the end of the last one.
  static std::uint64_t LowerBound(std::size_t bucket);
  static double LowerBoundUs(std::size_t bucket) { return static_cast<double>(LowerBound(bucket) * kUnitNs) / 1000.0; }

  HistogramCounts& operator+=(const HistogramCounts& other);
  std::uint64_t count() const;
  LatencySummary Summarize() const;

  std::array<std::uint64_t, kBuckets> buckets{};
  std::uint64_t sum_ns = 0;
};

class LatencyHistogram {
 public:
  void Add(std::chrono::nanoseconds duration);  // less than nothing counts as nothing
  HistogramCounts Counts() const;
  LatencySummary Summarize() const { return Counts().Summarize(); }

 private:
  std::array<std::atomic<std::uint64_t>, HistogramCounts::kBuckets> counts_{};
  std::atomic<std::uint64_t> sum_ns_{0};
};

}  // namespace tfld::daemon
