// The engine alone, in this process: what serving is compared with.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "engine/base/result.h"
#include "tfld/engine.h"

namespace tfld::bench {

class BareEngine {
 public:
  static Result<BareEngine> Load(std::span<const std::byte> model);

  engine::Session& session() { return *session_; }
  // Another session of the same model, for another thread.
  Result<std::unique_ptr<engine::Session>> NewSession() const { return executable_->NewSession(); }
  // The longest step of a run in microseconds: how long a request that preempts at operator borders can wait.
  double LongestStepUs();

 private:
  BareEngine(std::shared_ptr<const engine::Executable> executable, std::unique_ptr<engine::Session> session)
      : executable_(std::move(executable)), session_(std::move(session)) {}

  std::shared_ptr<const engine::Executable> executable_;
  std::unique_ptr<engine::Session> session_;
};

}  // namespace tfld::bench
