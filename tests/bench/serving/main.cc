// serving_bench: the benchmarks of serving; `./dev bench serving|swap|memory` runs it.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/bench/serving/echo.h"
#include "tests/bench/serving/scenarios.h"
#include "tests/bench/serving/worker.h"

namespace {

using tfld::Status;
using tfld::bench::BenchOptions;
using tfld::bench::Report;
using tfld::bench::WorkerOptions;

using Scenario = Status (*)(const BenchOptions&, Report&);

int Measure(const std::vector<Scenario>& scenarios, const BenchOptions& options, const std::string& json_file) {
  Report report;
  bool failed = false;
  for (const Scenario scenario : scenarios) {
    const Status status = scenario(options, report);
    if (status.ok()) continue;
    std::fprintf(stderr, "serving_bench: %s\n", status.ToString().c_str());
    failed = true;
  }
  if (!json_file.empty() && !report.WriteJson(json_file)) {
    std::fprintf(stderr, "serving_bench: cannot write %s\n", json_file.c_str());
    failed = true;
  }
  if (!failed) std::printf("\n%s\n", report.all_met() ? "all goals met" : "some goals were missed");
  return failed ? 1 : 0;
}

void AddWorkerOptions(CLI::App& app, WorkerOptions& options) {
  app.add_option("--runtime-dir", options.runtime_dir);
  app.add_option("--model", options.model);
  app.add_option("--transport", options.transport);
  app.add_option("--priority", options.priority);
  app.add_option("--threads", options.threads);
  app.add_option("--slots", options.slots);
  app.add_option("--echo-bytes", options.echo_bytes);
  app.add_option("--think-us", options.think_us);
  app.add_option("--seconds", options.seconds);
  app.add_option("--start-ns", options.start_ns);
  app.add_flag("--check", options.check);
  app.add_flag("--reconnect", options.reconnect);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"The benchmarks of serving: each figure beside its baseline, measured in the same run."};
  app.require_subcommand(1);
  BenchOptions options;
  std::string json_file;
  std::vector<std::string> only;
  const auto add = [&](const char* name, const char* text) {
    CLI::App* command = app.add_subcommand(name, text);
    command->add_option("--json", json_file, "Write {\"figures\": [...]} to this file");
    command->add_option("--seconds", options.seconds, "Of each phase")->capture_default_str();
    return command;
  };
  CLI::App* serving = add("serving", "Overhead, throughput and fairness");
  serving->add_option("--only", only, "overhead, echo, throughput, batching, fairness");
  CLI::App* swap = add("swap", "Swaps under saturation");
  swap->add_option("--swaps", options.swaps, "How many; 10000 for the long run")->capture_default_str();
  CLI::App* memory = add("memory", "Memory of clients, connections and mixed load");
  memory->add_option("--soak-seconds", options.soak_seconds, "Of mixed load; 3600 for the long run")
      ->capture_default_str();
  memory->add_option("--connects", options.connects, "Connections, one after the other")->capture_default_str();
  WorkerOptions worker;
  CLI::App* worker_command = app.add_subcommand("worker", "A client process of the others")->group("");
  AddWorkerOptions(*worker_command, worker);
  std::string socket;
  CLI::App* echo_command = app.add_subcommand("echo-server", "The bare echo")->group("");
  echo_command->add_option("--socket", socket);
  CLI11_PARSE(app, argc, argv);

  if (worker_command->parsed()) return tfld::bench::RunWorker(worker);
  if (echo_command->parsed()) return tfld::bench::RunEchoServer(socket);
  if (swap->parsed()) return Measure({tfld::bench::MeasureSwaps}, options, json_file);
  if (memory->parsed()) return Measure({tfld::bench::MeasureMemory}, options, json_file);
  const std::pair<const char*, Scenario> all[] = {{"overhead", tfld::bench::MeasureOverhead},
                                                  {"echo", tfld::bench::MeasureEcho},
                                                  {"throughput", tfld::bench::MeasureThroughput},
                                                  {"batching", tfld::bench::MeasureBatching},
                                                  {"fairness", tfld::bench::MeasureFairness}};
  std::vector<Scenario> chosen;
  for (const auto& [name, scenario] : all) {
    if (only.empty() || std::ranges::find(only, name) != only.end()) chosen.push_back(scenario);
  }
  return Measure(chosen, options, json_file);
}
