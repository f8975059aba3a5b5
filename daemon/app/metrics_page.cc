#include "daemon/app/metrics_page.h"

#include <algorithm>
#include <map>
#include <utility>

#include "daemon/lifecycle/manager.h"
#include "daemon/lifecycle/readiness.h"
#include "daemon/scheduler/scheduler.h"

namespace tfld::daemon {
namespace {

MetricsSnapshot TakeSnapshot(const MetricsSources& sources) {
  MetricsSnapshot snapshot;
  for (const ModelStatus& status : sources.manager->List()) {
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
  const SchedulerStats stats = sources.scheduler->stats();
  std::ranges::copy(stats.queued_by_class, snapshot.queued.begin());
  snapshot.executors = stats.executors;
  snapshot.executors_busy = stats.busy;
  snapshot.preemptions = stats.preemptions;
  for (std::size_t i = 0; i < stats.refused.size(); ++i) {
    if (static_cast<Refusal>(i) == Refusal::kNone) continue;
    snapshot.refused.emplace_back(RefusalName(static_cast<Refusal>(i)), stats.refused[i]);
  }
  snapshot.connections = sources.connections();
  return snapshot;
}

HttpResponse Scrape(const HttpRequest& request, const MetricsSources& sources) {
  const bool open = request.accept.find("application/openmetrics-text") != std::string_view::npos;
  return {.content_type = open ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                               : "text/plain; version=0.0.4; charset=utf-8",
          .body = sources.metrics->Render(TakeSnapshot(sources),
                                          open ? MetricsFormat::kOpenMetrics : MetricsFormat::kPrometheus)};
}

}  // namespace

HttpResponse AnswerMetrics(const HttpRequest& request, const MetricsSources& sources) {
  if (request.path == "/healthz") return {.body = "ok\n"};
  if (request.path == "/readyz") {
    switch (sources.readiness->phase()) {
      case Phase::kStarting: return {.status = 503, .body = "starting\n"};
      case Phase::kServing: return {.body = "ready\n"};
      case Phase::kStopping: return {.status = 503, .body = "stopping\n"};
    }
  }
  if (request.path == "/metrics") return Scrape(request, sources);
  return {.status = 404, .body = "there are /metrics, /healthz and /readyz\n"};
}

}  // namespace tfld::daemon
