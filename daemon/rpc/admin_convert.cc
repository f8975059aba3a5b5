#include "daemon/rpc/admin_convert.h"

namespace tfld::daemon {
namespace {

void ToProto(const LatencySummary& summary, v1::Durations& out) {
  out.set_count(summary.count);
  out.set_sum_us(static_cast<double>(summary.sum_ns) / 1000.0);
  out.set_p50_us(summary.p50_us);
  out.set_p90_us(summary.p90_us);
  out.set_p99_us(summary.p99_us);
}

}  // namespace

v1::VersionState ToProto(VersionState state) {
  switch (state) {
    case VersionState::kReceived: return v1::VERSION_STATE_RECEIVED;
    case VersionState::kVerified: return v1::VERSION_STATE_VERIFIED;
    case VersionState::kStaged: return v1::VERSION_STATE_STAGED;
    case VersionState::kWarming: return v1::VERSION_STATE_WARMING;
    case VersionState::kLoaded: return v1::VERSION_STATE_LOADED;
    case VersionState::kActive: return v1::VERSION_STATE_ACTIVE;
    case VersionState::kDraining: return v1::VERSION_STATE_DRAINING;
    case VersionState::kRetired: return v1::VERSION_STATE_RETIRED;
    case VersionState::kFailed: return v1::VERSION_STATE_FAILED;
  }
  return v1::VERSION_STATE_UNSPECIFIED;
}

void ToProto(const VersionStatus& status, v1::VersionStatus& out) {
  out.set_version(status.version);
  out.set_state(ToProto(status.state));
  out.set_sha256(status.sha256);
  out.set_size(status.size);
  out.set_reason(status.reason);
  out.set_deployed_at(status.deployed_at);
}

void ToProto(const ModelStatus& status, v1::ModelStatus& out) {
  out.set_name(status.name);
  if (status.active) out.set_active(*status.active);
  if (status.previous) out.set_previous(*status.previous);
  out.set_generation(status.generation);
  for (const VersionStatus& version : status.versions) ToProto(version, *out.add_versions());
  out.mutable_labels()->insert(status.labels.begin(), status.labels.end());
  out.mutable_memory()->set_weights(status.memory.weights);
  out.mutable_memory()->set_packed(status.memory.packed);
  out.mutable_memory()->set_arenas(status.memory.arenas);
}

void ToProto(const HistoryEvent& event, v1::HistoryEvent& out) {
  out.set_time(event.time);
  out.set_action(event.action);
  out.set_version(event.version);
  out.set_ok(event.ok);
  out.set_reason(event.reason);
  out.set_actor(event.actor);
}

void ToProto(const VersionRequestStats& stats, v1::ModelStats& out) {
  out.set_model(stats.model);
  out.set_version(stats.version);
  for (std::size_t code = 0; code < stats.requests.size(); ++code) {
    if (stats.requests[code] == 0) continue;
    v1::CodeCount& count = *out.add_requests();
    count.set_code(std::string(StatusCodeName(static_cast<StatusCode>(code))));
    count.set_count(stats.requests[code]);
  }
  ToProto(stats.request, *out.mutable_request());
  ToProto(stats.queue, *out.mutable_queue());
  ToProto(stats.compute, *out.mutable_compute());
  out.set_executions(stats.executions);
}

void ToProto(const HistogramCounts& counts, v1::Histogram& out) {
  for (std::size_t i = 0; i < HistogramCounts::kBuckets; ++i) {
    if (counts.buckets[i] == 0) continue;
    out.add_from_us(HistogramCounts::LowerBoundUs(i));
    out.add_to_us(HistogramCounts::LowerBoundUs(i + 1));
    out.add_counts(counts.buckets[i]);
  }
  out.set_sum_us(static_cast<double>(counts.sum_ns) / 1000.0);
}

void ToProto(const RequestTrace& trace, std::chrono::nanoseconds offset, v1::RequestTrace& out) {
  out.set_model(std::string(trace.model.view()));
  out.set_version(trace.version);
  out.set_id(std::string(trace.id.view()));
  out.set_uid(trace.uid);
  out.set_pid(trace.pid);
  out.set_transport(std::string(trace.transport.view()));
  out.set_priority(std::string(PriorityClassName(trace.priority)));
  out.set_code(std::string(StatusCodeName(trace.code)));
  out.set_batch_size(static_cast<std::uint32_t>(trace.batch_size));
  out.set_received_ns((trace.received.time_since_epoch() + offset).count());
  const auto since = [&trace](SteadyTime time) { return std::chrono::nanoseconds(time - trace.received).count(); };
  const JobTimes& times = trace.times;
  if (times.queued != SteadyTime()) out.set_queued_ns(since(times.queued));
  if (times.started != SteadyTime()) out.set_started_ns(since(times.started));
  if (times.input_done != SteadyTime()) out.set_input_done_ns(since(times.input_done));
  if (times.infer_done != SteadyTime()) out.set_infer_done_ns(since(times.infer_done));
  if (times.finished != SteadyTime()) out.set_finished_ns(since(times.finished));
}

void ToProto(const DaemonEvent& event, v1::WatchEvent& out) {
  out.set_time_ms(event.time_ms);
  out.set_kind(event.kind);
  out.set_model(event.model);
  out.set_version(event.version);
  out.set_ok(event.ok);
  out.set_detail(event.detail);
  out.set_actor(event.actor);
}

}  // namespace tfld::daemon
