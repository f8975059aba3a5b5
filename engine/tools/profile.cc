// tfld-model profile
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/base/str_cat.h"
#include "engine/golden/random_input.h"
#include "engine/graph/operation_count.h"
#include "engine/runtime/executable_impl.h"
#include "engine/tools/commands.h"
#include "engine/tools/engine_options.h"
#include "engine/tools/json_output.h"
#include "engine/tools/planned_graph.h"
#include "engine/tools/table.h"

namespace tfld::engine {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

struct Options {
  std::string model;
  EngineOptions engine;
  double seconds = 1.0;
  std::uint64_t seed = 1;
  bool json = false;
};

// Time and work of a node, or of all nodes of an operator.
struct Share {
  std::string op;
  std::string kernel;
  double seconds = 0.0;     // of all runs
  double operations = 0.0;  // of one run
  int nodes = 0;
};

// Adds up the time between BeforeStep and AfterStep. A step that runs another graph counts that graph's time too.
class Stopwatch final : public StepObserver {
 public:
  bool BeforeStep(int graph, int node) override {
    if (node < 0) return true;
    Entry& entry = times_[{graph, node}];
    entry.started = Clock::now();  // after the lookup, which is not the step's
    return true;
  }
  void AfterStep(int graph, int node, std::string_view kernel) override {
    const Clock::time_point now = Clock::now();
    Entry& entry = times_[{graph, node}];
    entry.seconds += std::chrono::duration<double>(now - entry.started).count();
    if (entry.kernel.empty()) entry.kernel = kernel;
  }

  std::map<std::pair<int, int>, Share> Shares(const Program& program, const Plan& plan) const {
    std::map<std::pair<int, int>, Share> shares;
    for (const auto& [key, entry] : times_) {
      const Graph& graph = PlannedGraph(program, plan, key.first);
      const Node& node = graph.nodes[static_cast<std::size_t>(key.second)];
      shares[key] = {std::string(node.op_name()), entry.kernel, entry.seconds, CountOperations(graph, node), 1};
    }
    return shares;
  }

 private:
  struct Entry {
    Clock::time_point started{};
    double seconds = 0.0;
    std::string kernel{};
  };
  std::map<std::pair<int, int>, Entry> times_;
};

struct Profile {
  std::map<std::pair<int, int>, Share> nodes;  // by graph and node
  std::vector<Share> operators;                // the slowest first
  double seconds = 0.0;
  int runs = 0;
};

std::vector<Share> SumByOperator(const Profile& profile) {
  std::map<std::string, Share> sums;
  for (const auto& [key, share] : profile.nodes) {
    Share& sum = sums[share.op];
    sum.op = share.op;
    sum.seconds += share.seconds;
    sum.operations += share.operations;
    ++sum.nodes;
  }
  std::vector<Share> list;
  for (const auto& [op, share] : sums) list.push_back(share);
  std::ranges::sort(list, std::ranges::greater(), &Share::seconds);
  return list;
}

Result<Profile> MeasureProfile(const Options& options) {
  TFLD_ASSIGN_OR_RETURN(const LoadedModel loaded, LoadModel(options.model, options.engine));
  for (int i = 0; i < static_cast<int>(loaded.executable->inputs().size()); ++i) {
    FillRandom(loaded.session->Input(i), options.seed + static_cast<std::uint64_t>(i));
  }
  TFLD_RETURN_IF_ERROR(loaded.session->Run());
  Stopwatch stopwatch;
  Profile profile;
  loaded.session->SetObserver(&stopwatch);
  const Clock::time_point start = Clock::now();
  do {
    TFLD_RETURN_IF_ERROR(loaded.session->Run());
    ++profile.runs;
  } while (Clock::now() - start < std::chrono::duration<double>(options.seconds));
  loaded.session->SetObserver(nullptr);
  profile.nodes = stopwatch.Shares(loaded.model->program(), *loaded.executable->impl().plan);
  for (const auto& [key, share] : profile.nodes) profile.seconds += share.seconds;
  profile.operators = SumByOperator(profile);
  return profile;
}

double Microseconds(const Profile& profile, const Share& share) { return share.seconds * 1e6 / profile.runs; }
double Percent(const Profile& profile, const Share& share) {
  return profile.seconds > 0.0 ? 100.0 * share.seconds / profile.seconds : 0.0;
}
double Gops(const Profile& profile, const Share& share) {
  return share.seconds > 0.0 ? share.operations * profile.runs / share.seconds / 1e9 : 0.0;
}

Json ToJson(const Profile& profile, const Share& share) {
  return {{"operator", share.op},
          {"us", Rounded(Microseconds(profile, share))},
          {"share", Rounded(Percent(profile, share) / 100.0)},
          {"operations", share.operations},
          {"gops", Rounded(Gops(profile, share))}};
}

void PrintDocument(const Options& options, const Profile& profile) {
  Json document = {{"model", options.model},
                   {"threads", options.engine.threads},
                   {"backend", options.engine.backend},
                   {"runs", profile.runs},
                   {"total_us", Rounded(profile.seconds * 1e6 / profile.runs)},
                   {"nodes", Json::array()},
                   {"operators", Json::array()}};
  for (const auto& [key, share] : profile.nodes) {
    Json node = {{"graph", key.first}, {"node", key.second}, {"kernel", share.kernel}};
    node.update(ToJson(profile, share));
    document["nodes"].push_back(std::move(node));
  }
  for (const Share& share : profile.operators) {
    Json entry = ToJson(profile, share);
    entry["nodes"] = share.nodes;
    document["operators"].push_back(std::move(entry));
  }
  PrintJson(document);
}

void PrintTables(const Options& options, const Profile& profile) {
  Table nodes({">node", "operator", ">us", ">share %", ">GOPS", "kernel"});
  for (const auto& [key, share] : profile.nodes) {
    nodes.AddRow({key.first == 0 ? StrCat(key.second) : StrCat(key.first, ":", key.second), share.op,
                  Fixed(Microseconds(profile, share), 2), Fixed(Percent(profile, share), 1),
                  Fixed(Gops(profile, share), 2), share.kernel});
  }
  nodes.Print(std::cout);
  std::cout << '\n';
  Table operators({"operator", ">nodes", ">us", ">share %", ">operations", ">GOPS"});
  for (const Share& share : profile.operators) {
    operators.AddRow({share.op, StrCat(share.nodes), Fixed(Microseconds(profile, share), 2),
                      Fixed(Percent(profile, share), 1), Scaled(share.operations), Fixed(Gops(profile, share), 2)});
  }
  operators.Print(std::cout);
  std::cout << "\ntotal " << Fixed(profile.seconds * 1e6 / profile.runs, 1) << " us a run, mean of " << profile.runs
            << " runs (backend " << options.engine.backend << ", threads " << options.engine.threads << ")\n";
}

int RunProfile(const Options& options) {
  const auto profile = MeasureProfile(options);
  if (!profile.ok()) return Fail(profile.status());
  if (options.json) PrintDocument(options, *profile);
  if (!options.json) PrintTables(options, *profile);
  return kExitDone;
}

}  // namespace

void AddProfileCommand(CLI::App& program, int& exit_status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("profile", "Time for each node and each operator, and which kernel ran.");
  command->add_option("MODEL", options->model, "a .tflite file")->required()->type_name("FILE");
  command->add_option("--seconds", options->seconds, "how long to run")
      ->check(CLI::Range(0.0, 3600.0))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "of the random inputs")->capture_default_str();
  command->add_flag("--json", options->json, "print one JSON document");
  AddEngineOptions(*command, options->engine);
  command->callback([options, &exit_status] { exit_status = RunProfile(*options); });
}

}  // namespace tfld::engine
