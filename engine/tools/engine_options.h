// The options that all commands share, and loading a model by them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "tfld/engine.h"

namespace CLI {
class App;
}

namespace tfld::engine {

struct EngineOptions {
  std::string backend = "cpu";
  int threads = 1;

  ExecutableOptions ToExecutableOptions() const;
};

// --backend and --threads.
void AddEngineOptions(CLI::App& command, EngineOptions& options);

struct LoadedModel {
  std::shared_ptr<const Model> model;
  std::shared_ptr<const Executable> executable;
  std::unique_ptr<Session> session;
};
Result<LoadedModel> LoadModel(const std::string& path, const EngineOptions& options);

// "tfld-model: reason" on standard error; returns kExitFailed.
int Fail(const Status& status);

}  // namespace tfld::engine
