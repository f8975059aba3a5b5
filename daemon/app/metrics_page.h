// What the metrics socket answers: /metrics, /healthz, /readyz.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/system/http_server.h"

namespace tfld::daemon {

class Manager;
class Metrics;
class Readiness;
class Scheduler;

// Where the answers come from; all of it outlives the server.
struct MetricsSources {
  const Metrics* metrics = nullptr;
  const Manager* manager = nullptr;
  const Scheduler* scheduler = nullptr;
  const Readiness* readiness = nullptr;
  // By transport, how many connections are open.
  std::vector<std::pair<std::string_view, std::function<std::size_t()>>> connections;
};

// /healthz says that the process answers, /readyz that the stored models serve. The metrics come as OpenMetrics to a
// scraper that accepts it, in Prometheus' own format to all others.
HttpResponse AnswerMetrics(const HttpRequest& request, const MetricsSources& sources);

}  // namespace tfld::daemon
