// tfld-model compare
#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/tools/commands.h"
#include "engine/tools/engine_options.h"
#include "engine/tools/explanation_output.h"
#include "engine/tools/json_output.h"
#include "engine/tools/load_input.h"

namespace tfld::engine {
namespace {

struct Options {
  std::string model;
  EngineOptions engine;
  std::string against = "reference";
  std::vector<std::string> inputs;
  std::uint64_t seed = 1;
  bool json = false;
};

Feeder FeedInputs(const Options& options) {
  return [&options](const Executable& executable, Session& session) -> Status {
    std::vector<InputFile> files;
    for (const std::string& text : options.inputs) {
      TFLD_ASSIGN_OR_RETURN(InputFile file, ParseInputOption(text, executable.inputs()));
      files.push_back(std::move(file));
    }
    TFLD_RETURN_IF_ERROR(FillInputs(session, executable.inputs(), files,
                                    {.entry_point = 0, .seed = options.seed, .range = PixelRange::kSigned}));
    return session.Run();
  };
}

int RunCompare(const Options& options) {
  const auto model = Model::FromFile(options.model);
  if (!model.ok()) return Fail(model.status());
  const Backend other = BackendFromName(options.against).value_or(Backend::kReference);
  const auto explanation = ExplainByBackend(*model, options.engine.ToExecutableOptions(), other, FeedInputs(options));
  if (!explanation.ok()) return Fail(explanation.status());
  if (options.json) {
    nlohmann::ordered_json document = {{"model", options.model}, {"backend", options.engine.backend}};
    document.update(ToJson(*explanation));
    PrintJson(document);
  } else {
    PrintExplanation(*explanation, "");
  }
  return explanation->FirstOut() == nullptr ? kExitDone : kExitFailed;
}

}  // namespace

void AddCompareCommand(CLI::App& program, int& exit_status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "compare",
      "Runs a model on two backends and compares node by node. Exit status 1 if a node is out of tolerance.");
  command->add_option("MODEL", options->model, "a .tflite file")->required()->type_name("FILE");
  command->add_option("--against", options->against, "the backend that is taken for right")
      ->check(CLI::Validator(
          [](const std::string& name) { return BackendFromName(name) ? std::string() : "unknown backend " + name; },
          "reference|cpu"))
      ->capture_default_str();
  command->add_option("--input", options->inputs, "NAME=FILE as of run; inputs not given are random")
      ->type_name("NAME=FILE")
      ->allow_extra_args(false);
  command->add_option("--seed", options->seed, "of random inputs")->capture_default_str();
  command->add_flag("--json", options->json, "print one JSON document");
  AddEngineOptions(*command, options->engine);
  command->callback([options, &exit_status] { exit_status = RunCompare(*options); });
}

}  // namespace tfld::engine
