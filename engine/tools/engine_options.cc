#include "engine/tools/engine_options.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "engine/tools/commands.h"

namespace tfld::engine {

ExecutableOptions EngineOptions::ToExecutableOptions() const {
  ExecutableOptions result;
  result.backend = BackendFromName(backend).value_or(Backend::kCpu);
  result.threads = threads;
  return result;
}

void AddEngineOptions(CLI::App& command, EngineOptions& options) {
  const auto known = [](const std::string& name) {
    return BackendFromName(name) ? std::string() : "unknown backend " + name + ": this build has reference and cpu";
  };
  command.add_option("--backend", options.backend, "reference (portable, exact) or cpu (the fastest here)")
      ->check(CLI::Validator(known, "reference|cpu"))
      ->capture_default_str();
  command.add_option("--threads", options.threads, "threads inside of one inference")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
}

Result<LoadedModel> LoadModel(const std::string& path, const EngineOptions& options) {
  LoadedModel loaded;
  TFLD_ASSIGN_OR_RETURN(loaded.model, Model::FromFile(path));
  TFLD_ASSIGN_OR_RETURN(loaded.executable, Executable::Create(loaded.model, options.ToExecutableOptions()));
  TFLD_ASSIGN_OR_RETURN(loaded.session, loaded.executable->NewSession());
  return loaded;
}

int Fail(const Status& status) {
  std::cerr << "tfld-model: " << status.message() << '\n';
  return kExitFailed;
}

}  // namespace tfld::engine
