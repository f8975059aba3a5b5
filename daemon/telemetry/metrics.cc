#include "daemon/telemetry/metrics.h"

#include <prometheus/text_serializer.h>

#include "daemon/scheduler/request_stats.h"
#include "daemon/telemetry/metric_families.h"
#include "daemon/telemetry/open_metrics.h"

namespace tfld::daemon {
namespace {

// A deploy that fails leaves the name of its model behind here alone.
constexpr std::size_t kMaxChanges = 1024;

}  // namespace

Metrics::Metrics(const RequestStats& stats, UserNames::Lookup names) : stats_(stats), names_(std::move(names)) {}

void Metrics::CountChange(std::string_view model, std::string_view action, bool ok) {
  const std::lock_guard lock(mutex_);
  Change change(model, action, ok);
  if (changes_.size() >= kMaxChanges && !changes_.contains(change)) std::get<0>(change) = "other";
  ++changes_[change];
}

std::string Metrics::Render(const MetricsSnapshot& snapshot, MetricsFormat format) const {
  MetricFamilies families;
  AppendStateFamilies(snapshot, families);
  AppendRequestFamilies(stats_.Snapshot(), names_, families);
  FamilyBuilder changes("tfld_lifecycle_changes_total", "Changes of models and their versions, by action and outcome.",
                        prometheus::MetricType::Counter);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [change, count] : changes_) {
      const auto& [model, action, ok] = change;
      changes.AddCounter({{"action", action}, {"model", model}, {"result", ok ? "ok" : "failed"}},
                         static_cast<double>(count));
    }
  }
  changes.AppendTo(families);
  AppendProcessFamilies(families);
  return format == MetricsFormat::kOpenMetrics ? FormatOpenMetrics(families)
                                               : prometheus::TextSerializer().Serialize(families);
}

}  // namespace tfld::daemon
