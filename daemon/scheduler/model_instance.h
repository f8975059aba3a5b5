// ModelInstance: one model version ready to run, with a session for each executor slot, so that a request never waits
// for memory and never allocates any.
//
// Thread rule: immutable but for the sessions, and session(i) is used only by executor i while it runs a job.
#pragma once

#include <memory>
#include <vector>

#include "engine/base/result.h"
#include "tfld/engine.h"

namespace tfld::daemon {

class VersionCounters;

class ModelInstance {
 public:
  // One session a pool, in the order of the executors; a null pool stands for one thread.
  static Result<std::shared_ptr<ModelInstance>> Create(std::shared_ptr<const engine::Executable> executable,
                                                       const std::vector<std::shared_ptr<engine::ThreadPool>>& pools);

  const engine::Executable& executable() const { return *executable_; }
  int slots() const { return static_cast<int>(sessions_.size()); }
  engine::Session& session(int slot) { return *sessions_[static_cast<std::size_t>(slot)]; }

  // What is counted of its requests. Any thread.
  const std::shared_ptr<VersionCounters>& counters() const { return counters_; }

 private:
  ModelInstance();

  std::shared_ptr<const engine::Executable> executable_;
  const std::shared_ptr<VersionCounters> counters_;
  std::vector<std::unique_ptr<engine::Session>> sessions_;
};

}  // namespace tfld::daemon
