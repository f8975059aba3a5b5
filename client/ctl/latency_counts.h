// LatencyCounts: how often each latency was seen, within 1 %, whatever their number. For bench.
//
// Thread rule: one thread; each thread counts in its own, and they are added up at the end.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tfld::ctl {

class LatencyCounts {
 public:
  LatencyCounts();

  void Add(std::chrono::nanoseconds latency);  // allocates nothing
  void Merge(const LatencyCounts& other);

  std::uint64_t count() const { return count_; }
  double mean_us() const;
  double max_us() const { return static_cast<double>(max_ns_) / 1e3; }
  double min_us() const { return static_cast<double>(min_ns_) / 1e3; }
  // The latency that `share` of the requests did not exceed; 0 when nothing was counted.
  double PercentileUs(double share) const;

  // A histogram for people, on a logarithmic scale of latencies: a line for each step from the least to the greatest,
  // with a bar of at most `width` characters and the share of requests. Empty when nothing was counted.
  std::string Plot(std::size_t width) const;

 private:
  static std::size_t BucketOf(std::uint64_t ns);
  static std::uint64_t LowerBound(std::size_t bucket);

  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0, sum_ns_ = 0, max_ns_ = 0, min_ns_ = 0;
};

}  // namespace tfld::ctl
