#include "daemon/telemetry/metric_families.h"

#include <limits>
#include <utility>

namespace tfld::daemon {
namespace {

constexpr int kFirstBound = 7;  // 2^7 units of 128 ns
constexpr int kBounds = 20;

}  // namespace

FamilyBuilder::FamilyBuilder(std::string_view name, std::string_view help, prometheus::MetricType type) {
  family_.name = name;
  family_.help = help;
  family_.type = type;
}

prometheus::ClientMetric& FamilyBuilder::Add(std::initializer_list<MetricLabel> labels) {
  prometheus::ClientMetric& metric = family_.metric.emplace_back();
  for (const MetricLabel& label : labels) metric.label.push_back({std::string(label.name), label.value});
  return metric;
}

void FamilyBuilder::AddCounter(std::initializer_list<MetricLabel> labels, double value) {
  Add(labels).counter.value = value;
}

void FamilyBuilder::AddGauge(std::initializer_list<MetricLabel> labels, double value) {
  Add(labels).gauge.value = value;
}

void FamilyBuilder::AddHistogram(std::initializer_list<MetricLabel> labels, const HistogramCounts& counts) {
  prometheus::ClientMetric::Histogram& histogram = Add(labels).histogram;
  histogram.sample_count = counts.count();
  histogram.sample_sum = static_cast<double>(counts.sum_ns) / 1e9;
  std::uint64_t below = 0;
  std::size_t bucket = 0;
  for (int i = 0; i < kBounds; ++i) {
    const std::uint64_t units = std::uint64_t{1} << (kFirstBound + i);
    for (const std::size_t end = HistogramCounts::BucketOf(units); bucket < end; ++bucket) {
      below += counts.buckets[bucket];
    }
    histogram.bucket.push_back({below, static_cast<double>(units * HistogramCounts::kUnitNs) / 1e9});
  }
  histogram.bucket.push_back({histogram.sample_count, std::numeric_limits<double>::infinity()});
}

void FamilyBuilder::AppendTo(MetricFamilies& families) {
  if (!family_.metric.empty()) families.push_back(std::move(family_));
}

}  // namespace tfld::daemon
