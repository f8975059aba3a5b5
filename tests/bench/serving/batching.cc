// What running requests together gains: requests a second with batches, beside those without.
#include <vector>

#include "engine/base/str_cat.h"
#include "tests/bench/serving/latencies.h"
#include "tests/bench/serving/models.h"
#include "tests/bench/serving/scenarios.h"
#include "tests/bench/serving/setup.h"
#include "tests/bench/serving/throughput.h"

namespace tfld::bench {
namespace {

constexpr int kClients = 4;
constexpr int kMaxBatch = 8;
constexpr int kRounds = 3;

Status MeasureModel(const std::string& name, const std::vector<std::byte>& model, const BenchOptions& options,
                    Report& report) {
  BenchDaemon daemon;
  TFLD_RETURN_IF_ERROR(daemon.Start(StrCat("[[model]]\nname = \"together\"\nmax_batch = ", kMaxBatch, "\n")));
  TFLD_RETURN_IF_ERROR(daemon.Deploy("together", model));
  TFLD_RETURN_IF_ERROR(daemon.Deploy("alone", model));
  WorkerOptions worker;
  worker.runtime_dir = daemon.runtime_dir();
  worker.transport = "channel";
  worker.slots = kMaxBatch;
  worker.seconds = options.seconds;
  std::vector<double> ratios, alone, together;
  for (int round = 0; round < kRounds; ++round) {
    worker.model = "alone";
    TFLD_ASSIGN_OR_RETURN(alone.emplace_back(), RequestsPerSecond(worker, kClients));
    worker.model = "together";
    TFLD_ASSIGN_OR_RETURN(together.emplace_back(), RequestsPerSecond(worker, kClients));
    ratios.push_back(together.back() / alone.back());
  }
  report.Add({StrCat("batching_gain_", name), Median(ratios), "ratio",
              StrCat("alone ", Rounded(Median(alone)), " 1/s, in batches ", Rounded(Median(together)), " 1/s")});
  return {};
}

}  // namespace

Status MeasureBatching(const BenchOptions& options, Report& report) {
  report.Section(StrCat("Batches of up to ", kMaxBatch, ": requests a second over the channel, ", kClients,
                        " clients with ", kMaxBatch, " in flight each"));
  TFLD_RETURN_IF_ERROR(MeasureModel("bearing_fault", ShippedModel(2), options, report));
  for (const char* const name : {"ad01_int8", "kws_int8", "mobilenet_v2_1.0_224_int8"}) {
    const auto model = SharedModel(StrCat(name, ".tflite"));
    if (!model.empty()) TFLD_RETURN_IF_ERROR(MeasureModel(name, model, options, report));
  }
  return {};
}

}  // namespace tfld::bench
