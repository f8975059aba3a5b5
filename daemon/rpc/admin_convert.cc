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
}

}  // namespace tfld::daemon
