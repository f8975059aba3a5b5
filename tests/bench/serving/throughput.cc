// At growing numbers of clients, beside what the engine alone does with a thread a processor.
#include "tests/bench/serving/throughput.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "engine/base/str_cat.h"
#include "tests/bench/serving/bare_engine.h"
#include "tests/bench/serving/echo_process.h"
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
// Rounds that each number of clients takes its turn in, and how much of a phase's time a turn is. The least of four
// noisy rates lies below their best even where they are the same, so it takes many rounds, of turns long enough for
// clients to learn how quick answers are.
constexpr int kRounds = 16;
constexpr double kTurn = 0.25;
constexpr int kClients[] = {1, 4, 16, 64};

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

// Rates of several rounds, or what they are of the rates beside them.
using Rounds = std::vector<double>;
using RoundsByClients = std::map<int, Rounds>;

std::string Spread(const Rounds& rounds) {
  const auto [low, high] = std::ranges::minmax(rounds);
  return StrCat(Rounded(low), " to ", Rounded(high), " 1/s in ", rounds.size(), " rounds");
}

// The least of the rates over their best, and at how many clients they are.
struct Sweep {
  double best = 0, ratio = 0;
  int best_at = 0, least_at = 0;
};

Sweep SweepOf(const RoundsByClients& rounds, double (*typical)(Rounds)) {
  std::map<int, double> rates;
  for (const auto& [clients, of_clients] : rounds) rates[clients] = typical(of_clients);
  const auto [least, best] = std::ranges::minmax_element(rates, {}, [](const auto& rate) { return rate.second; });
  return {best->second, least->second / best->second, best->first, least->first};
}

WorkerOptions WorkerOf(const Way& way, const BenchDaemon& daemon, double seconds) {
  WorkerOptions worker;
  worker.runtime_dir = daemon.runtime_dir();
  worker.model = way.model;
  worker.transport = way.transport;
  worker.threads = way.threads;
  worker.slots = way.slots;
  worker.seconds = seconds;
  return worker;
}

}  // namespace

Result<double> RequestsPerSecond(const WorkerOptions& worker, int clients) {
  TFLD_ASSIGN_OR_RETURN(const auto results,
                        RunTogether(std::vector<WorkerOptions>(static_cast<std::size_t>(clients), worker)));
  std::uint64_t answered = 0;
  for (const WorkerResult& result : results) {
    if (result.failed > 0) return Internal(StrCat(result.failed, " requests failed: ", result.error));
    answered += result.samples.size();
  }
  return static_cast<double>(answered) / worker.seconds;
}

namespace {

void AddSweep(const std::string& name, const Sweep& sweep, const std::string& beside, Report& report) {
  report.Add({name + "_throughput_least_of_best", sweep.ratio, "ratio",
              StrCat("best at ", sweep.best_at, " clients, least at ", sweep.least_at, beside), 0.95, false});
}

// Beside the engine alone, on as many threads as there are processors, in a turn of its own after each of the clients':
// what the host does to the processors within a second then happens to both, and their ratio is free of it.
Status MeasureChannel(const Way& way, const BenchDaemon& daemon, BareEngine& bare, double seconds, Report& report) {
  const int processors = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const WorkerOptions worker = WorkerOf(way, daemon, seconds * kTurn);
  RoundsByClients rounds, of_engine;
  Rounds engine_rates;
  for (int round = 0; round < kRounds; ++round) {
    for (const int clients : kClients) {
      TFLD_ASSIGN_OR_RETURN(const double rate, RequestsPerSecond(worker, clients));
      TFLD_ASSIGN_OR_RETURN(const double runs, RunsPerSecond(bare, processors, worker.seconds));
      rounds[clients].push_back(rate);
      of_engine[clients].push_back(rate / runs);
      engine_rates.push_back(runs);
    }
  }
  for (const auto& [clients, rates] : rounds) {
    report.Add({StrCat(way.name, "_throughput_", clients, "_clients"), QuietRate(rates), "1/s",
                StrCat(Spread(rates), "; of the engine ", Rounded(Median(of_engine[clients])))});
  }
  const Sweep sweep = SweepOf(of_engine, Median);
  AddSweep(way.name, sweep, "", report);
  report.Add({StrCat(way.name, "_throughput_of_bare_engine"), sweep.best, "ratio",
              StrCat("Session::Run on ", processors, " threads: ", Rounded(QuietRate(engine_rates)), " 1/s, ",
                     Spread(engine_rates)),
              0.90, false});
  return {};
}

// Beside a bare gRPC echo of the same size under the same load, which shows what so many clients cost gRPC itself.
Status MeasureGrpc(const Way& way, const BenchDaemon& daemon, BareEngine& bare, double seconds, Report& report) {
  EchoProcess server;
  TFLD_RETURN_IF_ERROR(server.Start());
  const WorkerOptions worker = WorkerOf(way, daemon, seconds * kTurn);
  WorkerOptions echo = worker;
  echo.transport = "echo";
  echo.runtime_dir = server.directory();
  echo.echo_bytes = static_cast<int>(bare.session().Input(0).bytes.size());
  RoundsByClients rounds, echo_rounds;
  for (int round = 0; round < kRounds; ++round) {
    for (const int clients : kClients) {
      TFLD_ASSIGN_OR_RETURN(const double rate, RequestsPerSecond(worker, clients));
      rounds[clients].push_back(rate);
      TFLD_ASSIGN_OR_RETURN(const double echo_rate, RequestsPerSecond(echo, clients));
      echo_rounds[clients].push_back(echo_rate);
    }
  }
  for (const auto& [clients, rates] : rounds) {
    report.Add({StrCat(way.name, "_throughput_", clients, "_clients"), QuietRate(rates), "1/s",
                StrCat(Spread(rates), "; bare echo ", Rounded(QuietRate(echo_rounds[clients])), " 1/s")});
  }
  AddSweep(way.name, SweepOf(rounds, QuietRate),
           StrCat("; of the bare echo ", Rounded(SweepOf(echo_rounds, QuietRate).ratio)), report);
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
  TFLD_ASSIGN_OR_RETURN(BareEngine bare, BareEngine::Load(model));
  for (const Way& way : kWays) {
    const auto measure = std::string_view(way.transport) == "grpc" ? MeasureGrpc : MeasureChannel;
    TFLD_RETURN_IF_ERROR(measure(way, daemon, bare, options.seconds, report));
  }
  return {};
}

}  // namespace tfld::bench
