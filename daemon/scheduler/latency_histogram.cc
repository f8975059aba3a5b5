#include "daemon/scheduler/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace tfld::daemon {

// Below 16 units every bucket is one unit wide; above, the top four bits of the value choose the bucket.
std::size_t HistogramCounts::BucketOf(std::uint64_t units) {
  if (units < (2u << kSubBits)) return static_cast<std::size_t>(units);
  const int octave = static_cast<int>(std::bit_width(units)) - 1 - kSubBits;
  const std::size_t bucket = (static_cast<std::size_t>(octave) << kSubBits) + static_cast<std::size_t>(units >> octave);
  return std::min(bucket, kBuckets - 1);
}

std::uint64_t HistogramCounts::LowerBound(std::size_t bucket) {
  if (bucket < (2u << kSubBits)) return bucket;
  const std::size_t octave = (bucket >> kSubBits) - 1;
  return static_cast<std::uint64_t>(bucket - (octave << kSubBits)) << octave;
}

HistogramCounts& HistogramCounts::operator+=(const HistogramCounts& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) buckets[i] += other.buckets[i];
  sum_ns += other.sum_ns;
  return *this;
}

std::uint64_t HistogramCounts::count() const {
  return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
}

LatencySummary HistogramCounts::Summarize() const {
  LatencySummary summary;
  summary.count = count();
  summary.sum_ns = sum_ns;
  const auto percentile = [&](double share) {
    const double rank = share * static_cast<double>(summary.count);
    double below = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
      const auto here = static_cast<double>(buckets[i]);
      if (here > 0 && below + here >= rank) {
        const double low = LowerBoundUs(i);
        return low + (LowerBoundUs(i + 1) - low) * (rank - below) / here;
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

void LatencyHistogram::Add(std::chrono::nanoseconds duration) {
  const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
  counts_[HistogramCounts::BucketOf(ns / HistogramCounts::kUnitNs)].fetch_add(1, std::memory_order_relaxed);
  sum_ns_.fetch_add(ns, std::memory_order_relaxed);
}

HistogramCounts LatencyHistogram::Counts() const {
  HistogramCounts counts;
  for (std::size_t i = 0; i < counts_.size(); ++i) counts.buckets[i] = counts_[i].load(std::memory_order_relaxed);
  counts.sum_ns = sum_ns_.load(std::memory_order_relaxed);
  return counts;
}

}  // namespace tfld::daemon
