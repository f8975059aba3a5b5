#include "client/ctl/histogram_math.h"

#include <algorithm>

namespace tfld::ctl {

HistogramView::HistogramView(const v1::Histogram& histogram) {
  const int size = std::min({histogram.from_us_size(), histogram.to_us_size(), histogram.counts_size()});
  for (int i = 0; i < size; ++i) buckets_[histogram.from_us(i)] = {histogram.to_us(i), histogram.counts(i)};
}

HistogramView& HistogramView::operator+=(const HistogramView& other) {
  for (const auto& [from, bucket] : other.buckets_) {
    Bucket& mine = buckets_[from];
    mine.to_us = bucket.to_us;
    mine.count += bucket.count;
  }
  return *this;
}

HistogramView HistogramView::Since(const HistogramView& before) const {
  HistogramView difference = *this;
  for (const auto& [from, bucket] : before.buckets_) {
    const auto mine = difference.buckets_.find(from);
    if (mine == difference.buckets_.end() || mine->second.count < bucket.count) return *this;
    mine->second.count -= bucket.count;
  }
  return difference;
}

std::uint64_t HistogramView::count() const {
  std::uint64_t count = 0;
  for (const auto& [from, bucket] : buckets_) count += bucket.count;
  return count;
}

double HistogramView::PercentileUs(double share) const {
  const double rank = share * static_cast<double>(count());
  double below = 0;
  for (const auto& [from, bucket] : buckets_) {
    const auto here = static_cast<double>(bucket.count);
    if (here > 0 && below + here >= rank) return from + (bucket.to_us - from) * (rank - below) / here;
    below += here;
  }
  return 0;
}

}  // namespace tfld::ctl
