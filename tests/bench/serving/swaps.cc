// The active version changes again and again while clients keep every executor busy. Every answer is judged by the
// version that it names; phases with and without swaps take turns.
#include <algorithm>
#include <cmath>

#include "engine/base/str_cat.h"
#include "tests/bench/serving/latencies.h"
#include "tests/bench/serving/models.h"
#include "tests/bench/serving/scenarios.h"
#include "tests/bench/serving/setup.h"
#include "tests/bench/serving/worker.h"

namespace tfld::bench {
namespace {

constexpr int kClients = 4;
constexpr int kThreads = 4;
constexpr std::int64_t kSecond = 1'000'000'000;

struct Totals {
  std::uint64_t answered = 0, failed = 0, wrong = 0;
  std::string error;
  std::vector<double> calm_p99, swap_p99;
  int swaps = 0;
  std::vector<double> swap_ms;
};

std::vector<WorkerOptions> Clients(const BenchDaemon& daemon, double seconds) {
  WorkerOptions worker;
  worker.runtime_dir = daemon.runtime_dir();
  worker.model = "bearing_fault";
  worker.threads = kThreads;
  worker.seconds = seconds;
  worker.check = true;
  std::vector<WorkerOptions> workers(kClients, worker);
  for (std::size_t i = 0; i < workers.size(); ++i) workers[i].transport = i % 2 == 0 ? "channel" : "grpc";
  return workers;
}

Status Swap(BenchDaemon& daemon, Totals& totals) {
  const std::int64_t begin = MonotonicNs();
  const auto version = static_cast<std::uint64_t>(1 + totals.swaps % 2);
  TFLD_RETURN_IF_ERROR(daemon.Admin().Activate("bearing_fault", version).status());
  totals.swap_ms.push_back(static_cast<double>(MonotonicNs() - begin) / 1e6);
  ++totals.swaps;
  return {};
}

// Some seconds of every client, with swaps in them or without; appends the p99 of each.
Status Phase(BenchDaemon& daemon, bool with_swaps, int seconds, int most_swaps, Totals& totals) {
  const std::int64_t start = StartMoment(kClients);
  TFLD_ASSIGN_OR_RETURN(std::vector<WorkerProcess> processes, StartTogether(Clients(daemon, seconds), start));
  const std::int64_t end = start + seconds * kSecond;
  SleepUntil(start);
  while (with_swaps && MonotonicNs() < end && totals.swaps < most_swaps) TFLD_RETURN_IF_ERROR(Swap(daemon, totals));
  const std::int64_t measured = with_swaps ? std::min(end, MonotonicNs()) : end;  // the last swaps may end earlier
  std::vector<WorkerResult> results;
  for (WorkerProcess& process : processes) {
    TFLD_ASSIGN_OR_RETURN(WorkerResult result, process.Collect());
    totals.answered += result.samples.size();
    totals.failed += result.failed;
    totals.wrong += result.wrong;
    if (totals.error.empty()) totals.error = result.error;
    results.push_back(std::move(result));
  }
  for (std::int64_t second = start; second + kSecond <= measured; second += kSecond) {
    std::vector<double> latencies = LatenciesOf(results, second, second + kSecond);
    (with_swaps ? totals.swap_p99 : totals.calm_p99).push_back(Percentile(latencies, 0.99));
  }
  return {};
}

}  // namespace

Status MeasureSwaps(const BenchOptions& options, Report& report) {
  report.Section(StrCat("Swaps under saturation: ", kClients, " clients with ", kThreads,
                        " requests in flight each, half over the channel, half over gRPC"));
  BenchDaemon daemon;
  TFLD_RETURN_IF_ERROR(daemon.Start());
  TFLD_RETURN_IF_ERROR(daemon.Deploy("bearing_fault", ShippedModel(1), 1));
  TFLD_RETURN_IF_ERROR(daemon.Deploy("bearing_fault", ShippedModel(2), 2));
  Totals totals;
  const int seconds = std::max(1, static_cast<int>(options.seconds));
  while (totals.swaps < options.swaps) {
    TFLD_RETURN_IF_ERROR(Phase(daemon, false, seconds, 0, totals));
    TFLD_RETURN_IF_ERROR(Phase(daemon, true, 4 * seconds, options.swaps, totals));
  }
  report.Add({"swaps", static_cast<double>(totals.swaps), "swaps",
              StrCat(totals.answered, " answers; a swap takes ", Rounded(Median(totals.swap_ms)), " ms")});
  report.Add({"swap_failed_requests", static_cast<double>(totals.failed), "", totals.error, 0});
  report.Add({"swap_mixed_answers", static_cast<double>(totals.wrong), "", "judged by the version that each names", 0});
  report.Add({"swap_p99_ratio", Median(totals.swap_p99) / Median(totals.calm_p99), "ratio",
              StrCat("without swaps p99 ", Rounded(Median(totals.calm_p99)), " us, in swap seconds ",
                     Rounded(Median(totals.swap_p99)), " us"),
              1.2});
  return {};
}

}  // namespace tfld::bench
