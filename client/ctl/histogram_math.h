// What can be said about the time between two cumulative histograms of the admin service.
#pragma once

#include <cstdint>
#include <map>

#include "tfld/v1/admin.pb.h"

namespace tfld::ctl {

class HistogramView {
 public:
  HistogramView() = default;
  explicit HistogramView(const v1::Histogram& histogram);

  HistogramView& operator+=(const HistogramView& other);
  // Without what was counted `before`. A histogram that has become smaller began anew: all of it is new then.
  HistogramView Since(const HistogramView& before) const;

  std::uint64_t count() const;
  // 0 when nothing was counted.
  double PercentileUs(double share) const;

 private:
  struct Bucket {
    double to_us = 0;
    std::uint64_t count = 0;
  };
  std::map<double, Bucket> buckets_;  // by their lower bounds
};

}  // namespace tfld::ctl
