// The families of metrics, made of what was counted. For metrics.cc alone: the names of prometheus-cpp end here.
#pragma once

#include <prometheus/metric_family.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/scheduler/request_stats.h"
#include "daemon/telemetry/metrics.h"
#include "daemon/telemetry/user_names.h"

namespace tfld::daemon {

using MetricFamilies = std::vector<prometheus::MetricFamily>;

struct MetricLabel {
  std::string_view name;
  std::string value;
};

// A family under construction.
class FamilyBuilder {
 public:
  FamilyBuilder(std::string_view name, std::string_view help, prometheus::MetricType type);

  void AddCounter(std::initializer_list<MetricLabel> labels, double value);
  void AddGauge(std::initializer_list<MetricLabel> labels, double value);
  // Buckets end at powers of two of 128 ns, 16 microseconds to 8.6 seconds, so that their counts are exact.
  void AddHistogram(std::initializer_list<MetricLabel> labels, const HistogramCounts& counts);

  // Nothing is appended of a family without metrics.
  void AppendTo(MetricFamilies& families);

 private:
  prometheus::ClientMetric& Add(std::initializer_list<MetricLabel> labels);

  prometheus::MetricFamily family_;
};

void AppendRequestFamilies(const std::vector<VersionRequestStats>& versions, UserNames& names,
                           MetricFamilies& families);
void AppendStateFamilies(const MetricsSnapshot& snapshot, MetricFamilies& families);
// Of this process.
void AppendProcessFamilies(MetricFamilies& families);

}  // namespace tfld::daemon
