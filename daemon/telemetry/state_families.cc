// Families about the state of things at the time of a scrape.
#include <string>

#include "daemon/telemetry/metric_families.h"
#include "tfld/engine.h"

namespace tfld::daemon {
namespace {

using prometheus::MetricType;

void AppendModels(const std::vector<MetricsSnapshot::Model>& models, MetricFamilies& families) {
  FamilyBuilder memory("tfld_model_memory_bytes",
                       "Memory of the versions in service by category; arenas are those of all executors together.",
                       MetricType::Gauge);
  FamilyBuilder active("tfld_model_active_version", "The version that serves, 0 for none.", MetricType::Gauge);
  FamilyBuilder versions("tfld_model_versions", "Stored versions by state.", MetricType::Gauge);
  for (const MetricsSnapshot::Model& model : models) {
    memory.AddGauge({{"category", "weights"}, {"model", model.name}}, static_cast<double>(model.weight_bytes));
    memory.AddGauge({{"category", "packed"}, {"model", model.name}}, static_cast<double>(model.packed_bytes));
    memory.AddGauge({{"category", "arenas"}, {"model", model.name}}, static_cast<double>(model.arena_bytes));
    active.AddGauge({{"model", model.name}}, static_cast<double>(model.active_version));
    for (const auto& [state, count] : model.versions_by_state) {
      versions.AddGauge({{"model", model.name}, {"state", std::string(state)}}, count);
    }
  }
  memory.AppendTo(families);
  active.AppendTo(families);
  versions.AppendTo(families);
}

void AppendScheduler(const MetricsSnapshot& snapshot, MetricFamilies& families) {
  FamilyBuilder queue("tfld_queue_depth", "Requests that wait for an executor.", MetricType::Gauge);
  for (std::size_t i = 0; i < snapshot.queued.size(); ++i) {
    queue.AddGauge({{"class", std::string(PriorityClassName(static_cast<PriorityClass>(i)))}},
                   static_cast<double>(snapshot.queued[i]));
  }
  queue.AppendTo(families);
  FamilyBuilder executors("tfld_executors", "Executors.", MetricType::Gauge);
  executors.AddGauge({}, snapshot.executors);
  executors.AppendTo(families);
  FamilyBuilder busy("tfld_executors_busy", "Executors that run a request now.", MetricType::Gauge);
  busy.AddGauge({}, snapshot.executors_busy);
  busy.AppendTo(families);
  FamilyBuilder preemptions("tfld_preemptions_total", "Runs that made way for a more urgent one between two operators.",
                            MetricType::Counter);
  preemptions.AddCounter({}, static_cast<double>(snapshot.preemptions));
  preemptions.AppendTo(families);
  FamilyBuilder refused("tfld_admission_refusals_total",
                        "Requests that the scheduler did not take: full queues, quotas, deadlines that cannot be met.",
                        MetricType::Counter);
  for (const auto& [reason, count] : snapshot.refused) {
    refused.AddCounter({{"reason", std::string(reason)}}, static_cast<double>(count));
  }
  refused.AppendTo(families);
}

}  // namespace

void AppendStateFamilies(const MetricsSnapshot& snapshot, MetricFamilies& families) {
  FamilyBuilder build("tfld_build_info", "Always 1; the labels say which build runs.", MetricType::Gauge);
  build.AddGauge({{"version", std::string(engine::Version())}}, 1);
  build.AppendTo(families);
  AppendModels(snapshot.models, families);
  AppendScheduler(snapshot, families);
  FamilyBuilder connections("tfld_connections", "Open connections of clients, by transport.", MetricType::Gauge);
  FamilyBuilder refused("tfld_connections_refused_total",
                        "Connections that were not taken, because there were too many.", MetricType::Counter);
  for (const ConnectionCounts& of : snapshot.connections) {
    connections.AddGauge({{"transport", std::string(of.transport)}}, static_cast<double>(of.open));
    refused.AddCounter({{"transport", std::string(of.transport)}}, static_cast<double>(of.refused));
  }
  connections.AppendTo(families);
  refused.AppendTo(families);
}

}  // namespace tfld::daemon
