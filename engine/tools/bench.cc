// tfld-model bench
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/base/str_cat.h"
#include "engine/tools/bench_model.h"
#include "engine/tools/commands.h"
#include "engine/tools/json_output.h"
#include "engine/tools/table.h"

namespace tfld::engine {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::vector<std::string> models;
  BenchOptions bench;
  bool json = false;
};

Json ToJson(const Options& options, const std::string& model, const BenchResult& result) {
  return {{"model", model},
          {"threads", options.bench.engine.threads},
          {"backend", options.bench.engine.backend},
          {"load_ms", Rounded(result.load_ms)},
          {"first_us", Rounded(result.first_us)},
          {"p50_us", Rounded(result.p50_us)},
          {"min_us", Rounded(result.min_us)},
          {"p99_us", Rounded(result.p99_us)},
          {"runs", result.runs},
          {"weights_kib", ToKib(result.memory.weight_bytes)},
          {"packed_kib", ToKib(result.memory.packed_bytes)},
          {"arena_kib", ToKib(result.memory.arena_bytes)},
          {"resident_kib", ToKib(result.resident_bytes)},
          {"allocations", Rounded(result.allocations)}};
}

// {"model", "error"} when it fails.
std::string BenchToText(const Options& options, const std::string& model) {
  const auto result = BenchModel(model, options.bench);
  const Json json =
      result.ok() ? ToJson(options, model, *result) : Json{{"model", model}, {"error", result.status().message()}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void WriteAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string ReadAll(int descriptor) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t count = ::read(descriptor, buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

// In a process of its own, so that memory and caches of one model do not show in the next one's figures.
Json BenchInChild(const Options& options, const std::string& model) {
  int ends[2];
  if (::pipe(ends) != 0) return {{"model", model}, {"error", StrCat("pipe: ", std::strerror(errno))}};
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    WriteAll(ends[1], BenchToText(options, model));
    ::_exit(0);
  }
  ::close(ends[1]);
  const std::string text = child > 0 ? ReadAll(ends[0]) : "";
  ::close(ends[0]);
  int state = 0;
  while (child > 0 && ::waitpid(child, &state, 0) < 0 && errno == EINTR) {
  }
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_object()) return json;
  return {{"model", model}, {"error", child > 0 ? "the measuring process died" : "cannot start a process"}};
}

std::string Number(const Json& result, const char* key, int decimals) {
  return Fixed(result[key].get<double>(), decimals);
}

void AddRow(Table& table, const Json& result) {
  const std::string name = std::filesystem::path(result["model"].get<std::string>()).filename().string();
  if (result.contains("error")) return table.AddRow({name, "failed"});
  table.AddRow({name, Number(result, "load_ms", 2), Number(result, "first_us", 1), Number(result, "p50_us", 1),
                Number(result, "min_us", 1), Number(result, "p99_us", 1), Number(result, "weights_kib", 1),
                Number(result, "packed_kib", 1), Number(result, "arena_kib", 1), Number(result, "resident_kib", 1),
                Number(result, "allocations", 2)});
}

int RunBench(const Options& options) {
  Json results = Json::array();
  int exit_status = kExitDone;
  Table table({"model", ">load ms", ">first us", ">p50 us", ">min us", ">p99 us", ">weights KiB", ">packed KiB",
               ">arena KiB", ">resident KiB", ">allocations"});
  for (const std::string& model : options.models) {
    results.push_back(BenchInChild(options, model));
    AddRow(table, results.back());
    if (!results.back().contains("error")) continue;
    std::cerr << "tfld-model: " << Printable(results.back()["error"].get<std::string>()) << '\n';
    exit_status = kExitFailed;
  }
  if (options.json) {
    PrintJson(results.size() == 1 ? results[0] : results);
  } else {
    std::cout << "backend " << options.bench.engine.backend << ", threads " << options.bench.engine.threads << '\n';
    table.Print(std::cout);
  }
  return exit_status;
}

}  // namespace

void AddBenchCommand(CLI::App& program, int& exit_status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("bench", "Times to load and run, memory, heap allocations for each run.");
  command->add_option("MODEL", options->models, "one or more .tflite files")->required();
  command->add_option("--seconds", options->bench.seconds, "of steady runs a model")
      ->check(CLI::Range(0.0, 3600.0))
      ->capture_default_str();
  command->add_option("--seed", options->bench.seed, "of the random inputs")->capture_default_str();
  command->add_flag("--json", options->json,
                    "print one JSON document: an object, or a list when there are several models");
  AddEngineOptions(*command, options->bench.engine);
  command->callback([options, &exit_status] { exit_status = RunBench(*options); });
}

}  // namespace tfld::engine
