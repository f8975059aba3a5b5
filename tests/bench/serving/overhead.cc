// What a request costs beyond the inference itself: blocks of bare runs and of requests take turns in one thread, so
// that whatever else the machine does hits both.
#include <algorithm>
#include <cstring>

#include "engine/base/str_cat.h"
#include "tests/bench/serving/bare_engine.h"
#include "tests/bench/serving/client_options.h"
#include "tests/bench/serving/latencies.h"
#include "tests/bench/serving/models.h"
#include "tests/bench/serving/scenarios.h"
#include "tests/bench/serving/setup.h"

namespace tfld::bench {
namespace {

constexpr int kBlock = 500;
// Each a comparison by itself, of which the median counts: a neighbour on the same host takes a processor away for
// milliseconds, now during the one and now during the other.
constexpr int kRounds = 9;
constexpr double kRound = 0.3;  // of a phase's time

// Microseconds of `kBlock` calls, each after `prepare`, which is not timed.
template <typename Prepare, typename Call>
Status TimeBlock(const Prepare& prepare, const Call& call, std::vector<double>& times) {
  for (int i = 0; i < kBlock; ++i) {
    prepare();
    const std::int64_t begin = MonotonicNs();
    TFLD_RETURN_IF_ERROR(call());
    times.push_back(static_cast<double>(MonotonicNs() - begin) / 1e3);
  }
  return {};
}

// By rounds, in microseconds.
struct Overhead {
  std::vector<double> bare_p50, bare_p99, more_p50, more_p99, memcpy_p50;
};

Result<Overhead> Compare(BenchDaemon& daemon, const std::string& name, std::span<const std::byte> model,
                         double seconds) {
  TFLD_RETURN_IF_ERROR(daemon.Deploy(name, model));
  TFLD_ASSIGN_OR_RETURN(BareEngine bare, BareEngine::Load(model));
  WorkerOptions worker;
  worker.runtime_dir = daemon.runtime_dir();
  worker.transport = "channel";
  TFLD_ASSIGN_OR_RETURN(const Client client, Client::Connect(ClientOptionsOf(worker)));
  TFLD_ASSIGN_OR_RETURN(Binding binding, client.Bind(name));
  TFLD_ASSIGN_OR_RETURN(const auto slot, binding.InputBytes(0));
  const auto input = bare.session().Input(0).bytes;
  std::vector<std::byte> sample(input.size(), std::byte{3});
  std::vector<std::byte> copy(input.size());
  const auto fill = [&](std::span<std::byte> to) { return [&sample, to] { std::ranges::copy(sample, to.begin()); }; };
  Overhead overhead;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> runs, requests, copies;
    const std::int64_t end = MonotonicNs() + static_cast<std::int64_t>(seconds * kRound * 1e9);
    while (MonotonicNs() < end || runs.empty()) {
      TFLD_RETURN_IF_ERROR(TimeBlock(
          fill(input), [&] { return bare.session().Run(); }, runs));
      TFLD_RETURN_IF_ERROR(TimeBlock(
          fill(slot), [&] { return binding.Infer(); }, requests));
      TFLD_RETURN_IF_ERROR(TimeBlock(
          fill(sample),
          [&] {
            std::memcpy(copy.data(), sample.data(), sample.size());
            asm volatile("" ::"r"(copy.data()) : "memory");
            return Status();
          },
          copies));
    }
    overhead.bare_p50.push_back(Percentile(runs, 0.5));
    overhead.bare_p99.push_back(Percentile(runs, 0.99));
    overhead.more_p50.push_back(Percentile(requests, 0.5) - overhead.bare_p50.back());
    overhead.more_p99.push_back(Percentile(requests, 0.99) - overhead.bare_p99.back());
    overhead.memcpy_p50.push_back(Percentile(copies, 0.5));
  }
  return overhead;
}

void AddPercentile(Report& report, const std::string& name, const char* percentile, const std::vector<double>& more,
                   const std::vector<double>& bare, double goal) {
  const auto [low, high] = std::ranges::minmax(more);
  report.Add({StrCat("channel_overhead_", percentile, "_us_", name), Median(more), "us",
              StrCat(Rounded(low), " to ", Rounded(high), " us in ", more.size(), " rounds; Session::Run ", percentile,
                     " ", Rounded(Median(bare)), " us"),
              goal});
}

// Percentile beside the same percentile: what disturbs the machine disturbs both.
void Add(Report& report, const std::string& name, const Overhead& overhead) {
  AddPercentile(report, name, "p50", overhead.more_p50, overhead.bare_p50, 10);
  AddPercentile(report, name, "p99", overhead.more_p99, overhead.bare_p99, 30);
}

}  // namespace

Status MeasureOverhead(const BenchOptions& options, Report& report) {
  report.Section("The channel, one client: microseconds beyond the bare Session::Run");
  BenchDaemon daemon;
  TFLD_RETURN_IF_ERROR(daemon.Start());
  const double seconds = std::max(options.seconds, 1.0);
  double small = 0;
  for (const std::int32_t size : {64, 4096, 16384}) {
    TFLD_ASSIGN_OR_RETURN(const Overhead overhead, Compare(daemon, StrCat("sink", size), SinkModel(size), seconds));
    Add(report, StrCat(size, "_bytes"), overhead);
    small = Median(overhead.more_p50);
  }
  TFLD_ASSIGN_OR_RETURN(const Overhead shipped, Compare(daemon, "bearing", ShippedModel(2), seconds));
  Add(report, "bearing_fault", shipped);
  if (const auto kws = SharedModel("kws_int8.tflite"); !kws.empty()) {
    TFLD_ASSIGN_OR_RETURN(const Overhead overhead, Compare(daemon, "kws", kws, seconds));
    Add(report, "kws_int8", overhead);
  }
  TFLD_ASSIGN_OR_RETURN(const Overhead image, Compare(daemon, "image", SinkModel(150'528), seconds));
  const double memcpy_us = Median(image.memcpy_p50);
  const double more = Median(image.more_p50) - small;
  report.Add({"channel_image_150kb_more_in_memcpys", more / memcpy_us, "ratio",
              StrCat("memcpy ", Rounded(memcpy_us), " us, more than 16 KB: ", Rounded(more), " us"), 1.2});
  return {};
}

}  // namespace tfld::bench
