// Families about this process, with the names that Prometheus' own client libraries give them.
#include "daemon/telemetry/metric_families.h"
#include "daemon/telemetry/process_usage.h"

namespace tfld::daemon {
namespace {

using prometheus::MetricType;

void AppendOne(const char* name, const char* help, double value, MetricFamilies& families) {
  FamilyBuilder family(name, help, MetricType::Gauge);
  family.AddGauge({}, value);
  family.AppendTo(families);
}

void AppendOne(const char* name, const char* help, std::uint64_t value, MetricFamilies& families) {
  AppendOne(name, help, static_cast<double>(value), families);
}

}  // namespace

void AppendProcessFamilies(MetricFamilies& families) {
  const ProcessUsage usage = ReadProcessUsage();
  FamilyBuilder cpu("process_cpu_seconds_total", "Processor time of the daemon.", MetricType::Counter);
  cpu.AddCounter({}, usage.cpu_seconds);
  cpu.AppendTo(families);
  AppendOne("process_start_time_seconds", "When the daemon started, Unix time.", usage.started_at, families);
  AppendOne("process_threads", "Threads.", usage.threads, families);
  AppendOne("process_virtual_memory_bytes", "Address space in use.", usage.virtual_bytes, families);
  AppendOne("process_resident_memory_bytes", "Memory in use.", usage.resident_bytes, families);
  AppendOne("process_open_fds", "Open descriptors.", usage.open_descriptors, families);
  AppendOne("process_max_fds", "How many descriptors may be open.", usage.max_descriptors, families);
}

}  // namespace tfld::daemon
