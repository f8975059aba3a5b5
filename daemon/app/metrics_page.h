// What the metrics socket answers: /metrics, /healthz, /readyz.
#pragma once

#include <functional>
#include <vector>

#include "daemon/system/http_server.h"
#include "daemon/telemetry/metrics.h"

namespace tfld::daemon {

class Manager;
class Readiness;
class Scheduler;

// Where the answers come from; all of it outlives the server.
struct MetricsSources {
  const Metrics* metrics = nullptr;
  const Manager* manager = nullptr;
  const Scheduler* scheduler = nullptr;
  const Readiness* readiness = nullptr;
  std::function<std::vector<ConnectionCounts>()> connections;
};

// /healthz says that the process answers, /readyz that the stored models serve. The metrics come as OpenMetrics to a
// scraper that accepts it, in Prometheus' own format to all others.
HttpResponse AnswerMetrics(const HttpRequest& request, const MetricsSources& sources);

}  // namespace tfld::daemon
