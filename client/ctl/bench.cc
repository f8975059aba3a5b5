#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/finite_number.h"
#include "client/ctl/infer_inputs.h"
#include "client/ctl/input_option.h"
#include "client/ctl/load_generator.h"
#include "client/ctl/text.h"
#include "client/ctl/to_json.h"
#include "client/ctl/whole_number.h"
#include "engine/base/str_cat.h"
#include "tfld/client.h"

namespace tfld::ctl {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kOpenLoopClients = 32;
constexpr std::size_t kPlotWidth = 50;
constexpr std::size_t kMaxPlots = 2;

struct Options {
  std::string model;
  std::string version;
  std::vector<std::string> inputs;
  Load load;
  int clients = 0;  // 0: not given
  std::vector<int> sweep;
  std::string transport = "auto";
  double timeout_ms = 0;
  Priority priority = Priority::kDefault;
  bool json = false;
  bool no_plot = false;
};

struct Run {
  std::string transport;
  int clients = 0;
  LoadResult result;
};

ClientOptions ClientOptionsOf(const Context& context, const std::string& transport) {
  ClientOptions options;
  options.runtime_dir = context.runtime_dir();
  if (transport == "grpc") options.transport = TransportChoice::kGrpc;
  if (transport == "channel") options.transport = TransportChoice::kChannel;
  return options;
}

// Each client has a connection of its own, as processes have. `used` is set to the transport of the first.
MakeCall Caller(const Options& options, const ClientOptions& client_options, std::string& used) {
  return [&options, client_options, &used](int index) -> Result<Call> {
    TFLD_ASSIGN_OR_RETURN(const tfld::Client client, tfld::Client::Connect(client_options));
    TFLD_ASSIGN_OR_RETURN(Binding bound, client.Bind(options.model, options.version));
    const auto binding = std::make_shared<Binding>(std::move(bound));
    if (index == 0) used = binding->transport();
    const std::uint64_t seed = options.load.seed + static_cast<std::uint64_t>(index);
    TFLD_RETURN_IF_ERROR(FillInputs(options.inputs, seed, *binding));
    InferOptions infer;
    infer.priority = options.priority;
    if (options.timeout_ms > 0) {
      infer.timeout = std::chrono::microseconds(static_cast<std::int64_t>(options.timeout_ms * 1e3));
    }
    return Call([binding, infer] { return binding->Infer(infer); });
  };
}

std::string Latency(double us) { return us < 1000 ? PlainNumber(us, 1) + " us" : DurationText(us); }

Table RunTable(const std::vector<Run>& runs) {
  Table table(
      {"TRANSPORT", ">CLIENTS", ">REQUESTS", ">FAILED", ">REQ/S", ">MEAN", ">P50", ">P90", ">P99", ">P99.9", ">MAX"});
  for (const Run& run : runs) {
    const LatencyCounts& latencies = run.result.latencies;
    table.AddRow({run.transport, StrCat(run.clients), StrCat(latencies.count()),
                  Cell(StrCat(run.result.failed), run.result.failed > 0 ? Color::kRed : Color::kNone),
                  PlainNumber(run.result.calls_a_second(), 0), Latency(latencies.mean_us()),
                  Latency(latencies.PercentileUs(0.50)), Latency(latencies.PercentileUs(0.90)),
                  Latency(latencies.PercentileUs(0.99)), Latency(latencies.PercentileUs(0.999)),
                  Latency(latencies.max_us())});
  }
  return table;
}

Json ToJson(const Run& run) {
  const LatencyCounts& latencies = run.result.latencies;
  return {{"transport", run.transport},
          {"clients", run.clients},
          {"requests", latencies.count()},
          {"failed", run.result.failed},
          {"first_failure", run.result.first_failure.ok() ? Json() : Json(run.result.first_failure.ToString())},
          {"seconds", run.result.seconds},
          {"requests_per_second", run.result.calls_a_second()},
          {"mean_us", latencies.mean_us()},
          {"min_us", latencies.min_us()},
          {"p50_us", latencies.PercentileUs(0.50)},
          {"p90_us", latencies.PercentileUs(0.90)},
          {"p99_us", latencies.PercentileUs(0.99)},
          {"p999_us", latencies.PercentileUs(0.999)},
          {"max_us", latencies.max_us()}};
}

std::string LoopText(const Load& load) {
  if (load.rate <= 0) return "closed loop";
  return StrCat("open loop, ", PlainNumber(load.rate, load.rate < 10 ? 2 : 0), " requests a second at ",
                load.uniform ? "equal distances" : "random (Poisson)", ", latency from the intended start");
}

// `status` is that of the run after these, which could not be made.
void Show(const Options& options, const std::vector<Run>& runs, const Status& status, Context& context) {
  if (context.json()) {
    Json list = Json::array();
    for (const Run& run : runs) list.push_back(ToJson(run));
    Json document = {{"model", options.model},
                     {"loop", options.load.rate > 0 ? "open" : "closed"},
                     {"rate", options.load.rate > 0 ? Json(options.load.rate) : Json()},
                     {"runs", std::move(list)}};
    if (!status.ok()) document.update(ctl::ToJson(status));
    context.PrintJson(document);
    return;
  }
  context.Print(StrCat(options.model, ", ", LoopText(options.load), "\n\n"));
  context.Print(RunTable(runs));
  if (!options.no_plot && runs.size() <= kMaxPlots) {
    for (const Run& run : runs) {
      context.Print(StrCat("\n", run.transport, ", ", run.clients, run.clients == 1 ? " client\n" : " clients\n",
                           run.result.latencies.Plot(kPlotWidth)));
    }
  }
  for (const Run& run : runs) {
    if (run.result.failed == 0) continue;
    context.Print(StrCat("\nthe first failure: ", run.result.first_failure.ToString(), "\n"));
    break;
  }
}

// Adds to `runs` until one cannot be made.
Status MakeRuns(const Options& options, const Context& context, std::vector<Run>& runs) {
  std::vector<std::string> transports = {options.transport};
  if (options.transport == "both") transports = {"grpc", "channel"};
  std::vector<int> counts = options.sweep;
  if (counts.empty()) counts = {options.clients > 0 ? options.clients : options.load.rate > 0 ? kOpenLoopClients : 1};
  for (const std::string& transport : transports) {
    for (const int clients : counts) {
      Load load = options.load;
      load.clients = clients;
      std::string used;
      const MakeCall caller = Caller(options, ClientOptionsOf(context, transport), used);
      TFLD_ASSIGN_OR_RETURN(LoadResult result, RunLoad(load, caller));
      runs.push_back({used, clients, std::move(result)});
    }
  }
  return {};
}

Status Bench(const Options& options, Context& context) {
  if (options.json) context.UseJson();
  std::vector<Run> runs;
  const Status status = MakeRuns(options, context, runs);
  if (!runs.empty()) Show(options, runs, status, context);
  TFLD_RETURN_IF_ERROR(status);
  for (const Run& run : runs) {
    if (run.result.latencies.count() == 0)
      return run.result.failed > 0 ? run.result.first_failure : Internal("no request was made");
  }
  return {};
}

}  // namespace

void AddBench(CLI::App& app, Action& action) {
  const std::map<std::string, Priority> priorities = {
      {"critical", Priority::kCritical}, {"normal", Priority::kNormal}, {"background", Priority::kBackground}};
  CLI::App* command = app.add_subcommand("bench", "Measure latency and throughput of a model");
  auto options = std::make_shared<Options>();
  const auto at_least = [](double least) { return FiniteNumber(least, 1e9); };
  command->add_option("NAME", options->model, "The model")->required();
  command->add_option("--version", options->version, "Its version or a label; the active one if not given")
      ->type_name("VERSION");
  command
      ->add_option("--clients", options->clients,
                   "How many connections, each with one request at a time; 1, or 32 for --rate")
      ->check(WholeNumber(1, 4096))
      ->type_name("N");
  command->add_option("--sweep", options->sweep, "One run for each of these numbers of clients: 1,4,16,64")
      ->delimiter(',')
      ->check(WholeNumber(1, 4096))
      ->type_name("N,N");
  command->add_option("--seconds", options->load.seconds, "How long a run takes; 5 if not given")
      ->check(at_least(0.001))
      ->type_name("S");
  command->add_option("--requests", options->load.requests, "End a run after so many")
      ->check(WholeNumber())
      ->type_name("N");
  command->add_option("--warmup", options->load.warmup_seconds, "Before each run, not measured; 0.5 if not given")
      ->check(at_least(0))
      ->type_name("S");
  command->add_option("--rate", options->load.rate, "Open loop: so many requests a second, whatever the answers take")
      ->check(at_least(0.001))
      ->type_name("R");
  command->add_flag("--uniform", options->load.uniform, "Open loop: at equal distances instead of at random");
  command->add_option("--transport", options->transport, "How requests are sent; both: one after the other")
      ->check(CLI::IsMember({"auto", "grpc", "channel", "both"}).description(""))
      ->type_name("auto|grpc|channel|both");
  AddInputOption(*command, options->inputs);
  command->add_option("--seed", options->load.seed, "For inputs that are not given and for random arrivals")
      ->check(WholeNumber())
      ->type_name("S");
  command->add_option("--timeout", options->timeout_ms, "Deadline of each request in milliseconds")
      ->check(at_least(0))
      ->type_name("MS");
  command->add_option("--priority", options->priority, "Which requests the daemon runs first; normal if not given")
      ->transform(CLI::CheckedTransformer(priorities).description(""))
      ->type_name("critical|normal|background");
  command->add_flag("--json", options->json, "As --output json");
  command->add_flag("--no-plot", options->no_plot, "Without the plots of latencies, which come with one or two runs");
  command->footer(
      "Closed loop: each client asks again when it has its answer. Open loop (--rate): requests begin at times that "
      "are\n"
      "fixed beforehand, and latency counts from then on, so that waiting behind a slow answer is not left out.");
  command->callback([&action, options] { action = [options](Context& context) { return Bench(*options, context); }; });
}

}  // namespace tfld::ctl
