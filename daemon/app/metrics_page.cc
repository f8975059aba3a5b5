#include "daemon/app/metrics_page.h"

#include <map>
#include <utility>

#include "daemon/lifecycle/manager.h"
#include "daemon/scheduler/scheduler.h"
#include "daemon/telemetry/metrics.h"

namespace tfld::daemon {
namespace {

MetricsSnapshot TakeSnapshot(const Manager& manager, const Scheduler& scheduler) {
  MetricsSnapshot snapshot;
  for (const ModelStatus& status : manager.List()) {
    MetricsSnapshot::Model model;
    model.name = status.name;
    model.active_version = status.active.value_or(0);
    model.weight_bytes = status.memory.weights;
    model.packed_bytes = status.memory.packed;
    model.arena_bytes = status.memory.arenas;
    std::map<std::string_view, int> by_state;
    for (const VersionStatus& version : status.versions) ++by_state[VersionStateName(version.state)];
    model.versions_by_state.assign(by_state.begin(), by_state.end());
    snapshot.models.push_back(std::move(model));
  }
  const SchedulerStats stats = scheduler.stats();
  snapshot.queue_depth = stats.queued;
  snapshot.executors = stats.executors;
  snapshot.executors_busy = stats.busy;
  return snapshot;
}

}  // namespace

HttpResponse AnswerMetrics(std::string_view path, const Metrics& metrics, const Manager& manager,
                           const Scheduler& scheduler, const std::atomic<bool>& ready) {
  if (path == "/healthz") return {.body = "ok\n"};
  if (path == "/readyz")
    return ready ? HttpResponse{.body = "ready\n"} : HttpResponse{.status = 503, .body = "starting\n"};
  if (path == "/metrics") {
    return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
            .body = metrics.Render(TakeSnapshot(manager, scheduler))};
  }
  return {.status = 404, .body = "there are /metrics, /healthz and /readyz\n"};
}

}  // namespace tfld::daemon
