#include "client/ctl/to_json.h"

#include <nlohmann/json.hpp>

#include "client/ctl/model_table.h"
#include "client/ctl/text.h"

namespace tfld::ctl {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const v1::MemoryUse& memory) {
  return {{"weights", memory.weights()}, {"packed", memory.packed()}, {"arenas", memory.arenas()}};
}

Json ToJson(const v1::Durations& durations) {
  return {{"count", durations.count()},
          {"sum_us", durations.sum_us()},
          {"p50_us", durations.p50_us()},
          {"p90_us", durations.p90_us()},
          {"p99_us", durations.p99_us()}};
}

}  // namespace

Json ToJson(const v1::VersionStatus& version) {
  return {{"version", version.version()}, {"state", StateName(version.state())},
          {"sha256", version.sha256()},   {"size", version.size()},
          {"reason", version.reason()},   {"deployed_at", version.deployed_at()}};
}

Json ToJson(const v1::ModelStatus& model) {
  Json versions = Json::array();
  for (const v1::VersionStatus& version : model.versions()) versions.push_back(ToJson(version));
  return {{"name", model.name()},
          {"active", model.has_active() ? Json(model.active()) : Json()},
          {"previous", model.has_previous() ? Json(model.previous()) : Json()},
          {"generation", model.generation()},
          {"labels", SortedLabels(model)},
          {"versions", std::move(versions)},
          {"memory", ToJson(model.memory())}};
}

Json ToJson(const v1::HistoryEvent& event) {
  return {{"time", event.time()}, {"action", event.action()}, {"version", event.version()},
          {"ok", event.ok()},     {"reason", event.reason()}, {"actor", event.actor()}};
}

Json ToJson(const v1::ModelStats& stats) {
  Json requests = Json::object();
  for (const v1::CodeCount& count : stats.requests()) requests[count.code()] = count.count();
  return {{"model", stats.model()},
          {"version", stats.version()},
          {"active", stats.active()},
          {"requests", std::move(requests)},
          {"request", ToJson(stats.request())},
          {"queue", ToJson(stats.queue())},
          {"compute", ToJson(stats.compute())},
          {"executions", stats.executions()},
          {"memory", ToJson(stats.memory())}};
}

Json ToJson(const v1::DaemonStats& stats) {
  return {{"version", stats.version()},
          {"pid", stats.pid()},
          {"uptime_seconds", stats.uptime_seconds()},
          {"executors", stats.executors()},
          {"executors_busy", stats.executors_busy()},
          {"queue_depth", stats.queue_depth()},
          {"queue_depths", Json(std::vector<std::uint64_t>(stats.queue_depths().begin(), stats.queue_depths().end()))},
          {"preemptions", stats.preemptions()},
          {"resident_bytes", stats.resident_bytes()},
          {"cpu_seconds", stats.cpu_seconds()},
          {"connections", stats.connections()},
          {"channels", stats.channels()}};
}

Json ToJson(const v1::GetServerInfoResponse& server) {
  return {{"version", server.version()},
          {"pid", server.pid()},
          {"started_at", server.started_at()},
          {"executors", server.executors()},
          {"threads_per_executor", server.threads_per_executor()},
          {"queue_capacity", server.queue_capacity()},
          {"max_message_bytes", server.max_message_bytes()},
          {"state_dir", server.state_dir()},
          {"runtime_dir", server.runtime_dir()}};
}

Json ToJson(const v1::RequestTrace& trace) {
  const auto stage = [](bool reached, std::int64_t ns) {
    return reached ? Json(static_cast<double>(ns) / 1e3) : Json();
  };
  return {{"model", trace.model()},
          {"version", trace.version()},
          {"id", trace.id()},
          {"uid", trace.uid()},
          {"pid", trace.pid()},
          {"transport", trace.transport()},
          {"priority", trace.priority()},
          {"code", trace.code()},
          {"batch_size", trace.batch_size()},
          {"received_unix_ns", trace.received_ns()},
          {"queued_us", stage(trace.has_queued_ns(), trace.queued_ns())},
          {"started_us", stage(trace.has_started_ns(), trace.started_ns())},
          {"input_done_us", stage(trace.has_input_done_ns(), trace.input_done_ns())},
          {"infer_done_us", stage(trace.has_infer_done_ns(), trace.infer_done_ns())},
          {"finished_us", stage(trace.has_finished_ns(), trace.finished_ns())}};
}

Json ToJson(const v1::WatchEvent& event) {
  return {{"time_ms", event.time_ms()}, {"kind", event.kind()}, {"model", event.model()},
          {"version", event.version()}, {"ok", event.ok()},     {"detail", event.detail()},
          {"actor", event.actor()}};
}

Json ToJson(const Status& error) {
  return {{"error", {{"code", StatusCodeName(error.code())}, {"message", error.message()}}}};
}

}  // namespace tfld::ctl
