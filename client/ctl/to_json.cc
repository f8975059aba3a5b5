#include "client/ctl/to_json.h"

#include <nlohmann/json.hpp>

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
          {"memory", ToJson(stats.memory())}};
}

Json ToJson(const v1::DaemonStats& stats) {
  return {{"version", stats.version()},
          {"pid", stats.pid()},
          {"uptime_seconds", stats.uptime_seconds()},
          {"executors", stats.executors()},
          {"executors_busy", stats.executors_busy()},
          {"queue_depth", stats.queue_depth()},
          {"connections", stats.connections()}};
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

Json ToJson(const Status& error) {
  return {{"error", {{"code", StatusCodeName(error.code())}, {"message", error.message()}}}};
}

}  // namespace tfld::ctl
