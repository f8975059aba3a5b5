// Loader: from the files of a version to something that can serve.
//
// The bytes that are verified are the bytes that run: digest and model come from the same descriptor.
// Thread rule: one caller at a time, who waits. The work is done on a thread of the loader's own, of low priority, so
// that the models that serve do not feel it; there, too, a version is freed when its last holder lets go.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "daemon/lifecycle/model_options.h"
#include "daemon/lifecycle/worker.h"
#include "daemon/scheduler/model_instance.h"
#include "daemon/store/store.h"
#include "engine/base/result.h"

namespace tfld::daemon {

class Scheduler;

struct LoaderOptions {
  std::uint64_t max_memory_bytes = std::uint64_t{1} << 30;  // packed weights and arenas of one version
  int warmup_runs = 3;
  engine::Backend backend = engine::Backend::kCpu;
  // Of the thread that loads. The share of the processors that this leaves is bounded: beside a busy executor, 10 is a
  // tenth of one; on idle ones it costs nothing. A process without privileges cannot take a nice value back, so the
  // work goes to a thread that always has it.
  int nice = 10;
  ModelOptionsByName models{};
  NoticeOfModel notice{};  // may be empty; called on the loader's thread
};

class Loader {
 public:
  // Both must outlive the loader; instances may outlive it.
  Loader(FileSystem& files, Scheduler& scheduler, const LoaderOptions& options);

  // Digest, model, operators, memory. DATA_LOSS when the bytes are not those of the record; the engine's errors;
  // RESOURCE_EXHAUSTED when the version would take more memory than it may.
  Result<std::shared_ptr<const engine::Executable>> Verify(const StoredVersion& version) const;

  // Sessions for all executors, each run a few times on zeros, so that no request meets cold memory.
  Result<std::shared_ptr<ModelInstance>> Warm(const std::shared_ptr<const engine::Executable>& executable,
                                              const std::string& model) const;

  // The package's golden test, if it has one. FAILED_PRECONDITION says how far out the answers are; DATA_LOSS when
  // the test's own files have changed.
  Status RunGolden(const engine::Executable& executable, const StoredVersion& version) const;

 private:
  Result<std::shared_ptr<const engine::Executable>> VerifyThere(const StoredVersion& version) const;
  Result<std::shared_ptr<ModelInstance>> WarmThere(const std::shared_ptr<const engine::Executable>& executable,
                                                   const std::string& model) const;
  // Requests of the version run together from now on, if they are to and it answers them so as well as alone.
  void EnableBatches(ModelInstance& instance, const BatchOptions& options) const;
  Status WarmUp(ModelInstance& instance) const;
  Status RunGoldenThere(const engine::Executable& executable, const StoredVersion& version) const;

  FileSystem& files_;
  Scheduler& scheduler_;
  const LoaderOptions options_;
  const std::shared_ptr<Worker> thread_;
};

}  // namespace tfld::daemon
