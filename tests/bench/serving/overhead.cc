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

// Microseconds of `kBlock` calls, each after `prepare`, which is not timed.
template <typename Prepare, typename Call>
Status TimeBlock(const Prepare& prepare, const Call& call, std::vector<double>& times, std::vector<double>& medians) {
  std::vector<double> block;
  for (int i = 0; i < kBlock; ++i) {
    prepare();
    const std::int64_t begin = MonotonicNs();
    TFLD_RETURN_IF_ERROR(call());
    block.push_back(static_cast<double>(MonotonicNs() - begin) / 1e3);
  }
  times.insert(times.end(), block.begin(), block.end());
  medians.push_back(Median(std::move(block)));
  return {};
}

struct Times {
  std::vector<double> all, medians;
};

struct Overhead {
  double bare_us = 0, bare_p99_us = 0, channel_us = 0, channel_p99_us = 0, memcpy_us = 0;
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

  Times bare_times, channel_times, memcpy_times;
  const std::int64_t end = MonotonicNs() + static_cast<std::int64_t>(seconds * 1e9);
  const auto fill = [&](std::span<std::byte> to) { return [&sample, to] { std::ranges::copy(sample, to.begin()); }; };
  while (MonotonicNs() < end || bare_times.medians.size() < 3) {
    TFLD_RETURN_IF_ERROR(TimeBlock(
        fill(input), [&] { return bare.session().Run(); }, bare_times.all, bare_times.medians));
    TFLD_RETURN_IF_ERROR(TimeBlock(
        fill(slot), [&] { return binding.Infer(); }, channel_times.all, channel_times.medians));
    TFLD_RETURN_IF_ERROR(TimeBlock(
        fill(sample),
        [&] {
          std::memcpy(copy.data(), sample.data(), sample.size());
          asm volatile("" ::"r"(copy.data()) : "memory");
          return Status();
        },
        memcpy_times.all, memcpy_times.medians));
  }
  Overhead overhead;
  overhead.bare_us = QuietTime(bare_times.medians);
  overhead.bare_p99_us = Percentile(bare_times.all, 0.99);
  overhead.channel_us = QuietTime(channel_times.medians);
  overhead.channel_p99_us = Percentile(channel_times.all, 0.99);
  overhead.memcpy_us = QuietTime(memcpy_times.medians);
  return overhead;
}

// Percentile beside the same percentile: what disturbs the machine disturbs both.
void Add(Report& report, const std::string& name, const Overhead& overhead, double p50_goal, double p99_goal) {
  report.Add({StrCat("channel_overhead_p50_us_", name), overhead.channel_us - overhead.bare_us, "us",
              StrCat("Session::Run p50 ", Rounded(overhead.bare_us), " us"), p50_goal});
  report.Add({StrCat("channel_overhead_p99_us_", name), overhead.channel_p99_us - overhead.bare_p99_us, "us",
              StrCat("Session::Run p99 ", Rounded(overhead.bare_p99_us), " us"), p99_goal});
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
    Add(report, StrCat(size, "_bytes"), overhead, 10, 30);
    small = overhead.channel_us - overhead.bare_us;
  }
  TFLD_ASSIGN_OR_RETURN(const Overhead shipped, Compare(daemon, "bearing", ShippedModel(2), seconds));
  Add(report, "bearing_fault", shipped, 10, 30);
  if (const auto kws = SharedModel("kws_int8.tflite"); !kws.empty()) {
    TFLD_ASSIGN_OR_RETURN(const Overhead overhead, Compare(daemon, "kws", kws, seconds));
    Add(report, "kws_int8", overhead, 10, 30);
  }
  TFLD_ASSIGN_OR_RETURN(const Overhead image, Compare(daemon, "image", SinkModel(150'528), seconds));
  const double more = image.channel_us - image.bare_us - small;
  report.Add({"channel_image_150kb_more_in_memcpys", more / image.memcpy_us, "ratio",
              StrCat("memcpy ", Rounded(image.memcpy_us), " us, more than 16 KB: ", Rounded(more), " us"), 1.2});
  return {};
}

}  // namespace tfld::bench
