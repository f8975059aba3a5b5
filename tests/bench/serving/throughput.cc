// At growing numbers of clients, beside what the engine alone does with a thread a processor.
#include "tests/bench/serving/throughput.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "engine/base/str_cat.h"
#include "tests/bench/serving/bare_engine.h"
#include "tests/bench/serving/latencies.h"
#include "tests/bench/serving/models.h"
#include "tests/bench/serving/scenarios.h"
#include "tests/bench/serving/setup.h"
#include "tests/bench/serving/worker.h"

namespace tfld::bench {
namespace {

constexpr int kSlots = 8;    // requests under way of a client that waits for them in one thread
constexpr int kThreads = 4;  // of a client that has a thread for each
constexpr int kMaxBatch = 8;

// A way in: the transport, the model to ask for (the same one is deployed twice, once to be run in batches), and
// whether a client has a thread for each request under way or one for all.
struct Way {
  const char* name;
  const char* transport;
  const char* model;
  int threads, slots;
};
constexpr Way kWays[] = {{"channel", "channel", "alone", 1, kSlots},
                         {"channel_threads", "channel", "alone", kThreads, 1},
                         {"channel_batches", "channel", "together", 1, kSlots},
                         {"grpc", "grpc", "alone", kThreads, 1}};

Result<double> RunsPerSecond(const BareEngine& bare, int threads, double seconds) {
  std::vector<std::unique_ptr<engine::Session>> sessions;
  for (int i = 0; i < threads; ++i) {
    TFLD_ASSIGN_OR_RETURN(auto session, bare.NewSession());
    sessions.push_back(std::move(session));
  }
  std::atomic<std::uint64_t> runs = 0;
  const std::int64_t begin = MonotonicNs();
  const std::int64_t end = begin + static_cast<std::int64_t>(seconds * 1e9);
  std::vector<std::thread> runners;
  for (const auto& session : sessions) {
    runners.emplace_back([&runs, &session, end] {
      std::uint64_t mine = 0;
      for (; MonotonicNs() < end; ++mine) (void)session->Run();
      runs += mine;
    });
  }
  for (std::thread& runner : runners) runner.join();
  return static_cast<double>(runs) / (static_cast<double>(MonotonicNs() - begin) / 1e9);
}

}  // namespace

Result<double> RequestsPerSecond(const BenchDaemon& daemon, const Load& load) {
  WorkerOptions worker;
  worker.runtime_dir = daemon.runtime_dir();
  worker.model = load.model;
  worker.transport = load.transport;
  worker.threads = load.threads;
  worker.slots = load.slots;
  worker.seconds = load.seconds;
  TFLD_ASSIGN_OR_RETURN(const auto results,
                        RunTogether(std::vector<WorkerOptions>(static_cast<std::size_t>(load.clients), worker)));
  std::uint64_t answered = 0;
  for (const WorkerResult& result : results) {
    if (result.failed > 0) return Internal(StrCat(result.failed, " requests failed: ", result.error));
    answered += result.samples.size();
  }
  return static_cast<double>(answered) / load.seconds;
}

namespace {

Status MeasureWay(const Way& way, const BenchDaemon& daemon, const BareEngine& bare, double seconds, Report& report) {
  const int processors = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  std::vector<double> engine_rates;
  std::map<int, double> rates;
  for (const int clients : {1, 4, 16, 64}) {
    TFLD_ASSIGN_OR_RETURN(const double runs, RunsPerSecond(bare, processors, seconds));
    engine_rates.push_back(runs);
    TFLD_ASSIGN_OR_RETURN(rates[clients], RequestsPerSecond(daemon, {way.transport, way.model, clients, way.threads,
                                                                     way.slots, seconds}));
    report.Add({StrCat(way.name, "_throughput_", clients, "_clients"), rates[clients], "1/s",
                StrCat("Session::Run on ", processors, " threads: ", Rounded(runs), " 1/s")});
  }
  const auto [least, most] = std::ranges::minmax_element(rates, {}, [](const auto& rate) { return rate.second; });
  report.Add({StrCat(way.name, "_throughput_least_of_best"), least->second / most->second, "ratio",
              StrCat("best at ", most->first, " clients, least at ", least->first), 0.95, false});
  if (std::string_view(way.transport) != "channel") return {};
  report.Add({StrCat(way.name, "_throughput_of_bare_engine"), most->second / Median(engine_rates), "ratio",
              StrCat("Session::Run: ", Rounded(Median(engine_rates)), " 1/s"), 0.90, false});
  return {};
}

}  // namespace

Status MeasureThroughput(const BenchOptions& options, Report& report) {
  auto model = SharedModel("kws_int8.tflite");
  const std::string name = model.empty() ? "bearing_fault" : "kws_int8";
  if (model.empty()) model = ShippedModel(2);
  report.Section(StrCat("Throughput with ", name, ": requests a second of clients that each keep ", kSlots,
                        " under way, or ", kThreads, " by threads; in batches of up to ", kMaxBatch));
  BenchDaemon daemon;
  TFLD_RETURN_IF_ERROR(daemon.Start(StrCat(
      "[limits]\nmax_connections = 1024\n[connections]\nmax_total = 1024\n[[model]]\nname = \"together\"\nmax_batch = ",
      kMaxBatch, "\n")));
  TFLD_RETURN_IF_ERROR(daemon.Deploy("alone", model));
  TFLD_RETURN_IF_ERROR(daemon.Deploy("together", model));
  TFLD_ASSIGN_OR_RETURN(const BareEngine bare, BareEngine::Load(model));
  for (const Way& way : kWays) TFLD_RETURN_IF_ERROR(MeasureWay(way, daemon, bare, options.seconds, report));
  return {};
}

}  // namespace tfld::bench
