#include "daemon/rpc/admin_stats.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "daemon/lifecycle/manager.h"
#include "daemon/lifecycle/serving_map.h"
#include "daemon/rpc/admin_convert.h"
#include "daemon/rpc/admin_service.h"
#include "daemon/scheduler/scheduler.h"
#include "daemon/telemetry/process_usage.h"
#include "daemon/telemetry/user_names.h"

namespace tfld::daemon {
namespace {

using ServedVersions = std::vector<std::shared_ptr<const ServedVersion>>;

void DescribeDaemon(const AdminContext& context, v1::DaemonStats& out) {
  const SchedulerStats scheduler = context.scheduler->stats();
  const ProcessUsage process = ReadProcessUsage();
  out.set_version(context.daemon.version);
  out.set_pid(getpid());
  out.set_uptime_seconds(process.uptime_seconds);
  out.set_clock_seconds(std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count());
  out.set_executors(static_cast<std::uint32_t>(scheduler.executors));
  out.set_executors_busy(static_cast<std::uint32_t>(scheduler.busy));
  out.set_queue_depth(scheduler.queued);
  for (const std::size_t depth : scheduler.queued_by_class) out.add_queue_depths(depth);
  out.set_preemptions(scheduler.preemptions);
  out.set_resident_bytes(process.resident_bytes);
  out.set_cpu_seconds(process.cpu_seconds);
  if (context.inference_connections) out.set_connections(context.inference_connections());
  if (context.channels) out.set_channels(context.channels());
}

// With an empty entry for each version in service that was not asked anything yet.
std::vector<VersionRequestStats> CountsOf(const AdminContext& context, const std::string& model,
                                          const ServedVersions& in_service) {
  std::vector<VersionRequestStats> all = context.stats->Snapshot(model);
  for (const auto& served : in_service) {
    if (!model.empty() && served->model != model) continue;
    const bool counted = std::ranges::any_of(all, [&](const VersionRequestStats& stats) {
      return stats.model == served->model && stats.version == served->version;
    });
    if (counted) continue;
    all.emplace_back().model = served->model;
    all.back().version = served->version;
  }
  std::ranges::sort(all, [](const VersionRequestStats& a, const VersionRequestStats& b) {
    return a.model != b.model ? a.model < b.model : a.version < b.version;
  });
  return all;
}

std::uint64_t BusyNs(const VersionRequestStats& stats) {
  std::uint64_t busy = 0;
  for (const BatchStats& batch : stats.batches) busy += batch.PerBatch(batch.compute_ns);
  return busy;
}

void DescribeVersion(const VersionRequestStats& stats, const ServedVersions& in_service, const ServingMap& map,
                     bool histograms, v1::ModelStats& out) {
  ToProto(stats, out);
  out.set_busy_ns(BusyNs(stats));
  const auto active = map.Acquire(stats.model, "");
  out.set_active(active.ok() && (*active)->version == stats.version);
  if (histograms) {
    ToProto(stats.AllRequests(), *out.mutable_request_histogram());
    ToProto(stats.AllQueued(), *out.mutable_queue_histogram());
    ToProto(stats.compute_counts, *out.mutable_compute_histogram());
  }
  for (const auto& served : in_service) {
    if (served->model != stats.model || served->version != stats.version) continue;
    const engine::MemoryUsage memory = served->instance->memory();
    out.mutable_memory()->set_weights(memory.weight_bytes);
    out.mutable_memory()->set_packed(memory.packed_bytes);
    out.mutable_memory()->set_arenas(memory.arena_bytes);
  }
}

}  // namespace

Status CheckKnown(const AdminContext& context, const std::string& model) {
  if (model.empty() || !context.stats->Snapshot(model).empty()) return {};
  return context.manager->Get(model).status();
}

Status DescribeStats(const AdminContext& context, const v1::GetStatsRequest& request, UserNames& names,
                     v1::GetStatsResponse& response) {
  DescribeDaemon(context, *response.mutable_daemon());
  const ServedVersions in_service = context.map->Snapshot();
  const std::vector<VersionRequestStats> counts = CountsOf(context, request.model(), in_service);
  if (counts.empty()) TFLD_RETURN_IF_ERROR(CheckKnown(context, request.model()));
  for (const VersionRequestStats& stats : counts) {
    DescribeVersion(stats, in_service, *context.map, request.histograms(), *response.add_models());
  }
  if (!request.histograms()) return {};
  for (const ClientStats& client : context.stats->Clients()) {
    v1::ClientStats& out = *response.add_clients();
    out.set_name(client.uid ? names.NameOf(*client.uid) : "other");
    if (client.uid) out.set_uid(*client.uid);
    out.set_succeeded(client.succeeded);
    out.set_failed(client.failed);
    ToProto(client.request, *out.mutable_request());
  }
  return {};
}

}  // namespace tfld::daemon
