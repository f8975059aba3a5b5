// What clients cost in memory, and what thousands of connections and a mixed load leave behind.
#include <algorithm>
#include <cstdlib>

#include "engine/base/str_cat.h"
#include "tests/bench/serving/client_options.h"
#include "tests/bench/serving/latencies.h"
#include "tests/bench/serving/models.h"
#include "tests/bench/serving/process_usage.h"
#include "tests/bench/serving/scenarios.h"
#include "tests/bench/serving/setup.h"
#include "tests/bench/serving/worker.h"

namespace tfld::bench {
namespace {

// The daemon while `clients` are connected and busy.
Result<ProcessUsage> UsageWithClients(const BenchDaemon& daemon, int clients, double seconds) {
  WorkerOptions worker;
  worker.runtime_dir = daemon.runtime_dir();
  worker.model = "large";
  worker.seconds = seconds + 1;
  const std::vector<WorkerOptions> workers(static_cast<std::size_t>(clients), worker);
  const std::int64_t start = StartMoment(workers.size());
  TFLD_ASSIGN_OR_RETURN(std::vector<WorkerProcess> processes, StartTogether(workers, start));
  SleepUntil(start + static_cast<std::int64_t>(seconds * 1e9));
  const ProcessUsage usage = UsageOf(daemon.pid());
  for (WorkerProcess& process : processes) {
    TFLD_ASSIGN_OR_RETURN(const WorkerResult result, process.Collect());
    if (result.failed > 0) return Internal(StrCat("requests failed: ", result.error));
  }
  return usage;
}

Status MeasureClients(const BenchOptions& options, Report& report) {
  auto model = SharedModel("mobilenet_v2_1.0_224_int8.tflite");
  const std::string name = model.empty() ? "bearing_fault" : "mobilenet_v2";
  if (model.empty()) model = ShippedModel(2);
  BenchDaemon daemon;
  TFLD_RETURN_IF_ERROR(daemon.Start());
  TFLD_RETURN_IF_ERROR(daemon.Deploy("large", model));
  TFLD_ASSIGN_OR_RETURN(const ProcessUsage one, UsageWithClients(daemon, 1, options.seconds));
  TFLD_ASSIGN_OR_RETURN(const ProcessUsage many, UsageWithClients(daemon, 16, options.seconds));
  report.Add({StrCat("memory_16_clients_ratio_", name), many.resident_kib / one.resident_kib, "ratio",
              StrCat("resident with 1 client ", Rounded(one.resident_kib / 1024), " MiB, with 16 ",
                     Rounded(many.resident_kib / 1024), " MiB"),
              1.3});
  return {};
}

Status Connect(const BenchDaemon& daemon, const std::string& transport, int count) {
  WorkerOptions worker;
  worker.runtime_dir = daemon.runtime_dir();
  worker.transport = transport;
  for (int i = 0; i < count; ++i) {
    TFLD_ASSIGN_OR_RETURN(const Client client, Client::Connect(ClientOptionsOf(worker)));
    TFLD_ASSIGN_OR_RETURN(Binding binding, client.Bind("small"));
    TFLD_RETURN_IF_ERROR(binding.Infer());
  }
  return {};
}

// A load of everything: both transports, clients that come and go, swaps, clients that are killed.
Status MixedLoad(BenchDaemon& daemon, double seconds) {
  WorkerOptions worker;
  worker.runtime_dir = daemon.runtime_dir();
  worker.model = "small";
  worker.seconds = std::min(seconds, 5.0);
  std::vector<WorkerOptions> workers(4, worker);
  workers[0].transport = "channel";
  workers[1].transport = "grpc";
  workers[1].threads = 4;
  workers[2].transport = "channel";
  workers[2].threads = 4;
  workers[3].reconnect = true;
  const std::int64_t end = MonotonicNs() + static_cast<std::int64_t>(seconds * 1e9);
  for (std::uint64_t round = 0; MonotonicNs() < end; ++round) {
    TFLD_ASSIGN_OR_RETURN(WorkerProcess victim, WorkerProcess::Start(worker));
    TFLD_ASSIGN_OR_RETURN(const auto results, RunTogether(workers));
    for (const WorkerResult& result : results) {
      if (result.failed > 0) return Internal(StrCat("requests failed under mixed load: ", result.error));
    }
    TFLD_RETURN_IF_ERROR(daemon.Admin().Activate("small", 1 + round % 2).status());
  }
  return {};
}

void AddGrowth(Report& report, const std::string& after, const ProcessUsage& before, const ProcessUsage& now) {
  report.Add({StrCat("descriptors_after_", after), static_cast<double>(now.descriptors - before.descriptors), "more",
              StrCat(before.descriptors, " before"), 2});
  report.Add({StrCat("threads_after_", after), static_cast<double>(now.threads - before.threads), "more",
              StrCat(before.threads, " before"), 2});
  report.Add({StrCat("mappings_after_", after), static_cast<double>(now.mappings - before.mappings), "more",
              StrCat(before.mappings, " before"), 16});
  report.Add({StrCat("resident_after_", after), now.resident_kib / before.resident_kib, "ratio",
              StrCat(Rounded(before.resident_kib / 1024), " MiB before"), 1.1});
}

// Takes the measure when what was closed last has been noticed.
ProcessUsage Settled(const BenchDaemon& daemon) {
  SleepUntil(MonotonicNs() + 1'500'000'000);
  return UsageOf(daemon.pid());
}

}  // namespace

Status MeasureMemory(const BenchOptions& options, Report& report) {
  report.Section("Memory of the daemon");
  TFLD_RETURN_IF_ERROR(MeasureClients(options, report));
  BenchDaemon daemon;
  TFLD_RETURN_IF_ERROR(daemon.Start());
  TFLD_RETURN_IF_ERROR(daemon.Deploy("small", ShippedModel(1), 1));
  TFLD_RETURN_IF_ERROR(daemon.Deploy("small", ShippedModel(2), 2));
  TFLD_RETURN_IF_ERROR(Connect(daemon, "channel", 500));
  TFLD_RETURN_IF_ERROR(Connect(daemon, "grpc", 500));
  // The heaps of all threads reach their size in the first minutes of a load; what grows after that is a leak.
  TFLD_RETURN_IF_ERROR(MixedLoad(daemon, std::clamp(options.soak_seconds / 20, 5.0, 180.0)));
  const ProcessUsage before = Settled(daemon);
  TFLD_RETURN_IF_ERROR(Connect(daemon, "channel", options.connects / 2));
  TFLD_RETURN_IF_ERROR(Connect(daemon, "grpc", options.connects / 2));
  AddGrowth(report, StrCat(options.connects, "_connects"), before, Settled(daemon));
  TFLD_RETURN_IF_ERROR(MixedLoad(daemon, options.soak_seconds));
  AddGrowth(report, StrCat(static_cast<int>(options.soak_seconds), "s_of_mixed_load"), before, Settled(daemon));
  return {};
}

}  // namespace tfld::bench
