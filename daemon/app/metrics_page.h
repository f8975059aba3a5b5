// What the metrics socket answers: /metrics, /healthz, /readyz.
#pragma once

#include <atomic>
#include <string_view>

#include "daemon/system/http_server.h"

namespace tfld::daemon {

class Manager;
class Metrics;
class Scheduler;

// /healthz says that the process answers, /readyz that the stored models serve.
HttpResponse AnswerMetrics(std::string_view path, const Metrics& metrics, const Manager& manager,
                           const Scheduler& scheduler, const std::atomic<bool>& ready);

}  // namespace tfld::daemon
