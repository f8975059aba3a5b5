// What a client feels of others: a sensor alone, beside a flood of the same class, and a critical one beside background
// work that takes all it can get. The phases with and without load take turns.
#include <algorithm>

#include "engine/base/str_cat.h"
#include "tests/bench/serving/bare_engine.h"
#include "tests/bench/serving/latencies.h"
#include "tests/bench/serving/models.h"
#include "tests/bench/serving/scenarios.h"
#include "tests/bench/serving/setup.h"
#include "tests/bench/serving/worker.h"

namespace tfld::bench {
namespace {

constexpr int kRounds = 5;

struct Phase {
  double p50_us = 0, p99_us = 0;
};

// The sensor is the first of the workers.
Result<Phase> Feel(const std::vector<WorkerOptions>& workers) {
  TFLD_ASSIGN_OR_RETURN(const auto results, RunTogether(workers));
  if (results[0].failed > 0) return Internal(StrCat("the sensor's requests failed: ", results[0].error));
  std::vector<double> latencies = LatenciesOf(std::span(results).first(1));
  return Phase{Percentile(latencies, 0.5), Percentile(latencies, 0.99)};
}

struct Comparison {
  Phase alone, loaded;
};

Result<Comparison> CompareUnderLoad(const WorkerOptions& sensor, const WorkerOptions& load) {
  std::vector<double> p50[2], p99[2];
  for (int round = 0; round < kRounds; ++round) {
    for (const int with_load : {0, 1}) {
      std::vector<WorkerOptions> workers{sensor};
      if (with_load == 1) workers.push_back(load);
      TFLD_ASSIGN_OR_RETURN(const Phase phase, Feel(workers));
      p50[with_load].push_back(phase.p50_us);
      p99[with_load].push_back(phase.p99_us);
    }
  }
  return Comparison{{Median(p50[0]), Median(p99[0])}, {Median(p50[1]), Median(p99[1])}};
}

std::string Describe(const Comparison& comparison) {
  return StrCat("alone p50 ", Rounded(comparison.alone.p50_us), " p99 ", Rounded(comparison.alone.p99_us),
                " us, loaded p50 ", Rounded(comparison.loaded.p50_us), " p99 ", Rounded(comparison.loaded.p99_us),
                " us");
}

}  // namespace

Status MeasureFairness(const BenchOptions& options, Report& report) {
  report.Section("Fairness: a sensor that asks every 2 ms, over the channel");
  auto small = SharedModel("kws_int8.tflite");
  auto large = SharedModel("mobilenet_v2_1.0_224_int8.tflite");
  if (small.empty()) small = ShippedModel(2);
  if (large.empty()) large = ShippedModel(1);
  BenchDaemon daemon;
  TFLD_RETURN_IF_ERROR(daemon.Start());
  TFLD_RETURN_IF_ERROR(daemon.Deploy("small", small));
  TFLD_RETURN_IF_ERROR(daemon.Deploy("large", large));
  TFLD_ASSIGN_OR_RETURN(BareEngine flood_engine, BareEngine::Load(large));
  const double step_us = flood_engine.LongestStepUs();

  WorkerOptions sensor;
  sensor.runtime_dir = daemon.runtime_dir();
  sensor.model = "small";
  sensor.transport = "channel";
  sensor.think_us = 2000;
  sensor.seconds = options.seconds;
  WorkerOptions flood = sensor;
  flood.model = "large";
  flood.think_us = 0;
  flood.threads = 32;
  TFLD_ASSIGN_OR_RETURN(const Comparison fair, CompareUnderLoad(sensor, flood));
  report.Add({"flood_p99_rise_us", fair.loaded.p99_us - fair.alone.p99_us, "us",
              StrCat(Describe(fair), "; longest operator ", Rounded(step_us), " us"),
              fair.alone.p99_us * 0.10 + step_us});

  sensor.priority = "critical";
  flood.priority = "background";
  TFLD_ASSIGN_OR_RETURN(const Comparison critical, CompareUnderLoad(sensor, flood));
  report.Add({"critical_p99_under_background_ratio", critical.loaded.p99_us / critical.alone.p99_us, "ratio",
              Describe(critical), 1.5});
  return {};
}

}  // namespace tfld::bench
