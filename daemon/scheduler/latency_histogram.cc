#include "daemon/scheduler/latency_histogram.h"

#include <algorithm>
#include <bit>

namespace tfld::daemon {
namespace {

constexpr int kUnitShift = 7;  // 128 ns
constexpr double kUnitUs = 0.128;

}  // namespace

// Below 16 units every bucket is one unit wide; above, the top four bits of the value choose the bucket.
std::size_t LatencyHistogram::BucketOf(std::uint64_t units) {
  if (units < (2u << kSubBits)) return static_cast<std::size_t>(units);
  const int octave = static_cast<int>(std::bit_width(units)) - 1 - kSubBits;
  const std::size_t bucket = (static_cast<std::size_t>(octave) << kSubBits) + static_cast<std::size_t>(units >> octave);
  return std::min(bucket, kBuckets - 1);
}

std::uint64_t LatencyHistogram::LowerBound(std::size_t bucket) {
  if (bucket < (2u << kSubBits)) return bucket;
  const std::size_t octave = (bucket >> kSubBits) - 1;
  return static_cast<std::uint64_t>(bucket - (octave << kSubBits)) << octave;
}

void LatencyHistogram::Add(std::chrono::nanoseconds duration) {
  const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
  counts_[BucketOf(ns >> kUnitShift)].fetch_add(1, std::memory_order_relaxed);
  sum_ns_.fetch_add(ns, std::memory_order_relaxed);
}

LatencySummary LatencyHistogram::Summarize() const {
  std::array<std::uint64_t, kBuckets> counts;
  LatencySummary summary;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    counts[i] = counts_[i].load(std::memory_order_relaxed);
    summary.count += counts[i];
  }
  summary.sum_ns = sum_ns_.load(std::memory_order_relaxed);
  const auto percentile = [&](double share) {
    const double rank = share * static_cast<double>(summary.count);
    double below = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
      const auto here = static_cast<double>(counts[i]);
      if (here > 0 && below + here >= rank) {
        const auto low = static_cast<double>(LowerBound(i));
        const auto high = static_cast<double>(LowerBound(i + 1));
        return (low + (high - low) * (rank - below) / here) * kUnitUs;
      }
      below += here;
    }
    return 0.0;
  };
  summary.p50_us = percentile(0.50);
  summary.p90_us = percentile(0.90);
  summary.p99_us = percentile(0.99);
  return summary;
}

}  // namespace tfld::daemon
