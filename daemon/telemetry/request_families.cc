// Families about requests: all from the one count in RequestStats.
#include <array>
#include <map>
#include <string>

#include "daemon/telemetry/metric_families.h"

namespace tfld::daemon {
namespace {

using prometheus::MetricType;

// Why a request was turned away rather than answered; empty for codes that are no refusal.
std::string_view RefusalOf(StatusCode code) {
  switch (code) {
    case StatusCode::kInvalidArgument:
    case StatusCode::kOutOfRange: return "invalid";
    case StatusCode::kNotFound: return "not_found";
    case StatusCode::kResourceExhausted: return "exhausted";
    case StatusCode::kDeadlineExceeded: return "deadline";
    case StatusCode::kUnavailable: return "unavailable";
    case StatusCode::kPermissionDenied:
    case StatusCode::kUnauthenticated: return "denied";
    default: return {};
  }
}

void AppendRequests(const std::vector<VersionRequestStats>& versions, UserNames& names, MetricFamilies& families) {
  FamilyBuilder requests("tfld_requests_total", "Inference requests that have ended.", MetricType::Counter);
  for (const VersionRequestStats& stats : versions) {
    for (const ClientRequests& client : stats.clients) {
      const std::string name = client.uid ? names.NameOf(*client.uid) : "other";
      for (std::size_t code = 0; code < client.requests.size(); ++code) {
        if (client.requests[code] == 0) continue;
        requests.AddCounter({{"client", name},
                             {"code", std::string(StatusCodeName(static_cast<StatusCode>(code)))},
                             {"model", stats.model},
                             {"transport", std::string(client.transport)},
                             {"version", std::to_string(stats.version)}},
                            static_cast<double>(client.requests[code]));
      }
    }
  }
  requests.AppendTo(families);
}

void AppendRefusals(const std::vector<VersionRequestStats>& versions, MetricFamilies& families) {
  FamilyBuilder refused("tfld_requests_refused_total",
                        "Requests that got no answer because of what they asked for, or because there was no room or "
                        "time for them.",
                        MetricType::Counter);
  for (const VersionRequestStats& stats : versions) {
    std::map<std::string_view, std::uint64_t> by_reason;
    for (std::size_t code = 0; code < stats.requests.size(); ++code) {
      const std::string_view reason = RefusalOf(static_cast<StatusCode>(code));
      if (!reason.empty() && stats.requests[code] > 0) by_reason[reason] += stats.requests[code];
    }
    for (const auto& [reason, count] : by_reason) {
      refused.AddCounter(
          {{"model", stats.model}, {"reason", std::string(reason)}, {"version", std::to_string(stats.version)}},
          static_cast<double>(count));
    }
  }
  refused.AppendTo(families);
}

void AppendTimesByClass(const std::vector<VersionRequestStats>& versions, MetricFamilies& families) {
  FamilyBuilder request("tfld_request_duration_seconds",
                        "From the arrival of a request to its answer, of requests that were answered.",
                        MetricType::Histogram);
  FamilyBuilder queue("tfld_queue_duration_seconds", "Waiting for an executor.", MetricType::Histogram);
  for (const VersionRequestStats& stats : versions) {
    const std::string version = std::to_string(stats.version);
    for (std::size_t i = 0; i < stats.classes.size(); ++i) {
      const VersionRequestStats::ClassCounts& counts = stats.classes[i];
      if (counts.request.count() == 0) continue;
      const std::string priority(PriorityClassName(static_cast<PriorityClass>(i)));
      request.AddHistogram({{"class", priority}, {"model", stats.model}, {"version", version}}, counts.request);
      queue.AddHistogram({{"class", priority}, {"model", stats.model}, {"version", version}}, counts.queue);
    }
  }
  request.AppendTo(families);
  queue.AppendTo(families);
}

void AppendStages(const std::vector<VersionRequestStats>& versions, MetricFamilies& families) {
  FamilyBuilder input("tfld_input_duration_seconds", "Copying and converting inputs.", MetricType::Histogram);
  FamilyBuilder compute("tfld_compute_duration_seconds", "Inside of the model.", MetricType::Histogram);
  FamilyBuilder output("tfld_output_duration_seconds", "Copying outputs into the answer.", MetricType::Histogram);
  FamilyBuilder executions("tfld_executions_total", "Runs of the model; a batch is one.", MetricType::Counter);
  for (const VersionRequestStats& stats : versions) {
    if (stats.request.count == 0) continue;
    const std::string version = std::to_string(stats.version);
    input.AddHistogram({{"model", stats.model}, {"version", version}}, stats.input);
    compute.AddHistogram({{"model", stats.model}, {"version", version}}, stats.compute_counts);
    output.AddHistogram({{"model", stats.model}, {"version", version}}, stats.output);
    executions.AddCounter({{"model", stats.model}, {"version", version}}, static_cast<double>(stats.executions));
  }
  input.AppendTo(families);
  compute.AppendTo(families);
  output.AppendTo(families);
  executions.AppendTo(families);
}

}  // namespace

void AppendRequestFamilies(const std::vector<VersionRequestStats>& versions, UserNames& names,
                           MetricFamilies& families) {
  AppendRequests(versions, names, families);
  AppendRefusals(versions, families);
  AppendTimesByClass(versions, families);
  AppendStages(versions, families);
}

}  // namespace tfld::daemon
