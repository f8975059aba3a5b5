// tfld-model check
#include "engine/golden/check.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/base/str_cat.h"
#include "engine/golden/discover.h"
#include "engine/tools/commands.h"
#include "engine/tools/engine_options.h"
#include "engine/tools/explanation_output.h"
#include "engine/tools/json_output.h"
#include "engine/tools/table.h"

namespace tfld::engine {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Options {
  std::vector<std::string> paths;  // a model first, unless each golden has its own
  std::string models_dir;
  EngineOptions engine;
  bool json = false;
  bool quiet = false;
  bool explain = false;
};

enum class Verdict { kOk, kOut, kUnsupported, kError };

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk: return "ok";
    case Verdict::kOut: return "OUT";
    case Verdict::kUnsupported: return "unsupported";
    case Verdict::kError: return "ERROR";
  }
  return "";
}

struct CaseResult {
  std::string golden;
  std::string model;
  Verdict verdict = Verdict::kError;
  std::string reason;  // of kUnsupported and kError
  GoldenReport report;
  std::optional<Explanation> explanation{};
};

// The model that a golden is of: the one given, the one beside golden.json, or the one in --models.
std::string ModelOf(const Options& options, const std::string& given, const Golden& golden) {
  if (!given.empty()) return given;
  const std::string name = fs::path(golden.model).filename().string();
  const fs::path beside = fs::path(golden.directory) / name;
  std::error_code error;
  if (options.models_dir.empty() || fs::exists(beside, error)) return beside.string();
  return (fs::path(options.models_dir) / name).string();
}

// Beside the golden's own tensors if it has them, else beside the other backend, up to the first wrong step.
Result<Explanation> Explain(const Options& options, const LoadedModel& loaded, const Golden& golden,
                            const GoldenReport& report) {
  const ExecutableOptions engine = options.engine.ToExecutableOptions();
  auto by_tensors = ExplainByTensors(loaded.model, engine, golden);
  if (by_tensors.ok() || by_tensors.status().code() != StatusCode::kNotFound) return by_tensors;
  const auto wrong = std::ranges::find_if_not(report.outputs, &OutputReport::within);
  const Backend other = engine.backend == Backend::kReference ? Backend::kCpu : Backend::kReference;
  return ExplainByBackend(loaded.model, engine, other,
                          FeedGolden(golden, 0, static_cast<std::size_t>(wrong->step) + 1));
}

Status CheckCase(const Options& options, const std::string& given_model, CaseResult& result) {
  TFLD_ASSIGN_OR_RETURN(const Golden golden, LoadGolden(result.golden));
  result.model = ModelOf(options, given_model, golden);
  TFLD_ASSIGN_OR_RETURN(const LoadedModel loaded, LoadModel(result.model, options.engine));
  TFLD_ASSIGN_OR_RETURN(result.report, CheckGolden(*loaded.executable, *loaded.session, golden));
  if (options.explain && !result.report.within()) {
    TFLD_ASSIGN_OR_RETURN(result.explanation, Explain(options, loaded, golden, result.report));
  }
  return {};
}

CaseResult RunCase(const Options& options, const std::string& given_model, const std::string& directory) {
  CaseResult result;
  result.golden = directory;
  const Status status = CheckCase(options, given_model, result);
  if (status.ok()) {
    result.verdict = result.report.within() ? Verdict::kOk : Verdict::kOut;
  } else {
    result.verdict = status.code() == StatusCode::kUnimplemented ? Verdict::kUnsupported : Verdict::kError;
    result.reason = status.message();
  }
  return result;
}

Json ToJson(const CaseResult& result) {
  Json json = {{"golden", result.golden}, {"model", result.model}, {"verdict", VerdictName(result.verdict)}};
  if (!result.reason.empty()) json["reason"] = result.reason;
  if (const OutputReport* worst = result.report.worst()) {
    json["max_abs_diff"] = worst->max_abs_diff;
    json["allowed"] = worst->allowed;
  }
  json["outputs"] = Json::array();
  for (const OutputReport& output : result.report.outputs) {
    json["outputs"].push_back({{"step", output.step},
                               {"name", output.name},
                               {"dtype", ElementTypeName(output.type)},
                               {"max_abs_diff", output.max_abs_diff},
                               {"allowed", output.allowed},
                               {"differing", output.differing},
                               {"elements", output.elements},
                               {"within", output.within()}});
    if (!output.problem.empty()) json["outputs"].back()["problem"] = output.problem;
  }
  if (result.explanation) {
    json["explanation"] = ToJson(*result.explanation);
  }
  return json;
}

void PrintLine(const CaseResult& result) {
  const std::string_view verdict = VerdictName(result.verdict);
  std::cout << verdict << std::string(verdict.size() < 5 ? 5 - verdict.size() : 1, ' ') << Printable(result.golden)
            << "  " << Printable(result.reason.empty() ? result.report.Summary() : result.reason) << std::endl;
  if (result.explanation) PrintExplanation(*result.explanation, "  ");
}

struct Counts {
  int of[4] = {};
  int& operator[](Verdict verdict) { return of[static_cast<int>(verdict)]; }
  bool AllOk() const { return of[1] + of[2] + of[3] == 0; }
};

Result<std::vector<std::string>> CollectGoldens(const Options& options, std::size_t first) {
  std::vector<std::string> goldens;
  for (std::size_t i = first; i < options.paths.size(); ++i) {
    TFLD_ASSIGN_OR_RETURN(const std::vector<std::string> found, FindGoldens(options.paths[i]));
    goldens.insert(goldens.end(), found.begin(), found.end());
  }
  return goldens;
}

int RunCheck(const Options& options) {
  std::error_code error;
  const bool has_model = !fs::is_directory(options.paths[0], error);
  if (has_model && options.paths.size() == 1)
    throw CLI::ValidationError("check needs at least one directory of a golden");
  const auto goldens = CollectGoldens(options, has_model ? 1 : 0);
  if (!goldens.ok()) return Fail(goldens.status());
  Json cases = Json::array();
  Counts counts;
  for (const std::string& directory : *goldens) {
    const CaseResult result = RunCase(options, has_model ? options.paths[0] : "", directory);
    ++counts[result.verdict];
    if (options.json) cases.push_back(ToJson(result));
    if (!options.json && !(options.quiet && result.verdict == Verdict::kOk)) PrintLine(result);
  }
  if (options.json) {
    PrintJson({{"backend", options.engine.backend},
               {"threads", options.engine.threads},
               {"ok", counts[Verdict::kOk]},
               {"out", counts[Verdict::kOut]},
               {"unsupported", counts[Verdict::kUnsupported]},
               {"errors", counts[Verdict::kError]},
               {"cases", std::move(cases)}});
  } else if (goldens->size() > 1) {
    std::cout << counts[Verdict::kOk] << " ok, " << counts[Verdict::kOut] << " out of tolerance, "
              << counts[Verdict::kUnsupported] << " unsupported, " << counts[Verdict::kError] << " errors (backend "
              << options.engine.backend << ")\n";
  }
  return counts.AllOk() ? kExitDone : kExitFailed;
}

}  // namespace

void AddCheckCommand(CLI::App& program, int& exit_status) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("check", "Runs goldens and compares; one line each. Exit status 1 if one is out.");
  command
      ->add_option("GOLDEN_DIR", options->paths,
                   "a .tflite file and directories with golden.json, in them or below; without a model, each golden's "
                   "own is taken from beside it")
      ->required();
  command->add_option("--models", options->models_dir, "where the models are that do not lie beside their goldens");
  command->add_flag("--json", options->json, "print one JSON document");
  command->add_flag("--quiet", options->quiet, "print no line for goldens that are within");
  command->add_flag("--explain", options->explain,
                    "for a result that is out, say which node differs first: beside the golden's tensors/ if it has "
                    "them, else beside the other backend");
  AddEngineOptions(*command, options->engine);
  command->callback([options, &exit_status] { exit_status = RunCheck(*options); });
}

}  // namespace tfld::engine
