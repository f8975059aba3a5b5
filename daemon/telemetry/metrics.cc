#include "daemon/telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <tuple>

#include "tfld/engine.h"

namespace tfld::daemon {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

constexpr std::size_t kMaxClients = 64;
constexpr std::uint32_t kOtherClient = 0xffffffff;

// 10 microseconds to 10 seconds, three a decade.
const prometheus::Histogram::BucketBoundaries kSeconds = {
    10e-6, 20e-6, 50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 20e-3, 50e-3, 0.1, 0.2, 0.5, 1, 2, 5, 10};

double Seconds(SteadyTime from, SteadyTime to) { return std::chrono::duration<double>(to - from).count(); }

// Everything that the observer touches for one kind of request, found once and kept.
struct RequestSeries {
  prometheus::Counter* requests;
  prometheus::Histogram* duration;
  prometheus::Histogram* queue;
  prometheus::Histogram* compute;
};

using SeriesKey = std::tuple<std::string, std::uint64_t, std::uint32_t, std::string, StatusCode>;
using SeriesView = std::tuple<std::string_view, std::uint64_t, std::uint32_t, std::string_view, StatusCode>;

struct SeriesLess {
  using is_transparent = void;
  static SeriesView View(const SeriesKey& key) {
    return {std::get<0>(key), std::get<1>(key), std::get<2>(key), std::get<3>(key), std::get<4>(key)};
  }
  static const SeriesView& View(const SeriesView& key) { return key; }
  template <typename A, typename B>
  bool operator()(const A& a, const B& b) const {
    return View(a) < View(b);
  }
};

void AddGauge(prometheus::Registry& registry, const std::string& name, const std::string& help,
              const prometheus::Labels& labels, double value) {
  BuildGauge().Name(name).Help(help).Register(registry).Add(labels).Set(value);
}

void AddModel(prometheus::Registry& registry, const MetricsSnapshot::Model& model) {
  const std::string memory = "tfld_model_memory_bytes";
  const std::string help = "Memory of the active version by category; arenas are those of all executors together.";
  AddGauge(registry, memory, help, {{"model", model.name}, {"category", "weights"}},
           static_cast<double>(model.weight_bytes));
  AddGauge(registry, memory, help, {{"model", model.name}, {"category", "packed"}},
           static_cast<double>(model.packed_bytes));
  AddGauge(registry, memory, help, {{"model", model.name}, {"category", "arenas"}},
           static_cast<double>(model.arena_bytes));
  AddGauge(registry, "tfld_model_active_version", "The version that serves, 0 for none.", {{"model", model.name}},
           static_cast<double>(model.active_version));
  for (const auto& [state, count] : model.versions_by_state) {
    AddGauge(registry, "tfld_model_versions", "Stored versions by state.",
             {{"model", model.name}, {"state", std::string(state)}}, count);
  }
}

}  // namespace

struct Metrics::Impl {
  RequestSeries& Find(const FinishedRequest& request);
  std::uint32_t ClientLabel(std::uint32_t uid);  // with `mutex` held

  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      BuildCounter().Name("tfld_requests_total").Help("Inference requests that have ended.").Register(registry);
  prometheus::Family<prometheus::Histogram>& duration = BuildHistogram()
                                                            .Name("tfld_request_duration_seconds")
                                                            .Help("From the arrival of a request to its answer.")
                                                            .Register(registry);
  prometheus::Family<prometheus::Histogram>& queue =
      BuildHistogram().Name("tfld_queue_duration_seconds").Help("Waiting for an executor.").Register(registry);
  prometheus::Family<prometheus::Histogram>& compute =
      BuildHistogram().Name("tfld_compute_duration_seconds").Help("Inside of the model.").Register(registry);
  prometheus::Family<prometheus::Counter>& changes =
      BuildCounter()
          .Name("tfld_lifecycle_changes_total")
          .Help("Deploys, activations, rollbacks and removals by outcome.")
          .Register(registry);
  std::shared_mutex mutex;
  std::map<SeriesKey, RequestSeries, SeriesLess> series;
  std::set<std::uint32_t> clients;
};

std::uint32_t Metrics::Impl::ClientLabel(std::uint32_t uid) {
  if (clients.contains(uid)) return uid;
  if (clients.size() >= kMaxClients) return kOtherClient;
  clients.insert(uid);
  return uid;
}

RequestSeries& Metrics::Impl::Find(const FinishedRequest& request) {
  const SeriesView view{request.model, request.version, request.uid, request.transport, request.code};
  {
    const std::shared_lock lock(mutex);
    if (const auto found = series.find(view); found != series.end()) return found->second;
  }
  const std::unique_lock lock(mutex);
  const std::uint32_t uid = ClientLabel(request.uid);
  const std::string client = uid == kOtherClient ? "other" : std::to_string(uid);
  const prometheus::Labels version = {{"model", std::string(request.model)},
                                      {"version", std::to_string(request.version)}};
  prometheus::Labels labels = version;
  labels["client"] = client;
  labels["transport"] = request.transport;
  labels["code"] = StatusCodeName(request.code);
  const RequestSeries found{&requests.Add(labels), &duration.Add(version, kSeconds), &queue.Add(version, kSeconds),
                            &compute.Add(version, kSeconds)};
  // Users beyond the bound share one entry and are looked up under the lock; they are not a gateway's normal life.
  const std::uint32_t key_uid = uid == kOtherClient ? kOtherClient : request.uid;
  return series
      .insert_or_assign(
          SeriesKey{std::string(request.model), request.version, key_uid, std::string(request.transport), request.code},
          found)
      .first->second;
}

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {
  BuildGauge()
      .Name("tfld_build_info")
      .Help("Always 1; the labels say which build runs.")
      .Register(impl_->registry)
      .Add({{"version", std::string(engine::Version())}})
      .Set(1);
}
Metrics::~Metrics() = default;

void Metrics::OnRequest(const FinishedRequest& request) {
  const RequestSeries& series = impl_->Find(request);
  series.requests->Increment();
  const JobTimes& times = request.times;
  if (request.code != StatusCode::kOk) return;
  series.duration->Observe(Seconds(request.received, times.finished));
  series.queue->Observe(Seconds(times.queued, times.started));
  series.compute->Observe(Seconds(times.input_done, times.infer_done));
}

void Metrics::CountChange(std::string_view model, std::string_view action, bool ok) {
  impl_->changes.Add({{"model", std::string(model)}, {"action", std::string(action)}, {"result", ok ? "ok" : "failed"}})
      .Increment();
}

std::string Metrics::Render(const MetricsSnapshot& snapshot) const {
  prometheus::Registry gauges;
  for (const MetricsSnapshot::Model& model : snapshot.models) AddModel(gauges, model);
  AddGauge(gauges, "tfld_queue_depth", "Requests that wait for an executor.", {},
           static_cast<double>(snapshot.queue_depth));
  AddGauge(gauges, "tfld_executors", "Executors.", {}, snapshot.executors);
  AddGauge(gauges, "tfld_executors_busy", "Executors that run a request now.", {}, snapshot.executors_busy);
  auto families = impl_->registry.Collect();
  for (auto& family : gauges.Collect()) families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace tfld::daemon
