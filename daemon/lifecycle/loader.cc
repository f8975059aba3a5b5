#include "daemon/lifecycle/loader.h"

#include <malloc.h>

#include <algorithm>
#include <cstring>

#include "daemon/lifecycle/batch_check.h"
#include "daemon/scheduler/batch_sessions.h"
#include "daemon/scheduler/scheduler.h"
#include "daemon/store/digest.h"
#include "engine/base/str_cat.h"
#include "engine/golden/check.h"
#include "engine/golden/golden.h"

namespace tfld::daemon {
namespace {

constexpr char kGoldenFile[] = "golden/golden.json";

void ClearInputs(const engine::Executable& executable, engine::Session& session) {
  for (std::size_t i = 0; i < executable.inputs().size(); ++i) {
    const auto bytes = session.Input(static_cast<int>(i)).bytes;
    std::memset(bytes.data(), 0, bytes.size());
  }
}

// One more session costs little where it is of use: for inferences so small that a change of threads counts.
bool DeservesGuest(const Scheduler& scheduler, const engine::Executable& executable) {
  constexpr std::size_t kSmallArena = std::size_t{512} << 10;
  return scheduler.threads_per_executor() == 1 && executable.memory().arena_bytes <= kSmallArena;
}

Status RunTimes(const engine::Executable& executable, engine::Session& session, int times) {
  ClearInputs(executable, session);
  for (int i = 0; i < times; ++i) TFLD_RETURN_IF_ERROR(session.Run().WithContext("warm-up"));
  session.Reset();
  return {};
}

// A handle of the same instance whose last holder leaves the freeing to the thread: an executor that ends the last
// request of a version has other things to do.
std::shared_ptr<ModelInstance> FreedOn(std::shared_ptr<Worker> thread, std::shared_ptr<ModelInstance> instance) {
  ModelInstance* const raw = instance.get();
  return {raw, [thread = std::move(thread), instance = std::move(instance)](ModelInstance*) mutable {
            thread->Post([instance = std::move(instance)]() mutable {
              instance.reset();
              malloc_trim(0);  // what a version took is spread over the heaps, which would keep it
            });
          }};
}

std::string DisplayName(const StoredVersion& version) {
  return StrCat(version.manifest.name, "/", version.record.version);
}

}  // namespace

Loader::Loader(FileSystem& files, Scheduler& scheduler, const LoaderOptions& options)
    : files_(files),
      scheduler_(scheduler),
      options_(options),
      thread_(std::make_shared<Worker>(WorkerOptions{.name = "tfld-load", .nice = options.nice})) {}

Result<std::shared_ptr<const engine::Executable>> Loader::Verify(const StoredVersion& version) const {
  return thread_->Run([&] { return VerifyThere(version); });
}

Result<std::shared_ptr<ModelInstance>> Loader::Warm(const std::shared_ptr<const engine::Executable>& executable,
                                                    const std::string& model) const {
  TFLD_ASSIGN_OR_RETURN(auto instance, thread_->Run([&] { return WarmThere(executable, model); }));
  return FreedOn(thread_, std::move(instance));
}

Status Loader::RunGolden(const engine::Executable& executable, const StoredVersion& version) const {
  return thread_->Run([&] { return RunGoldenThere(executable, version); });
}

Result<std::shared_ptr<const engine::Executable>> Loader::VerifyThere(const StoredVersion& version) const {
  TFLD_ASSIGN_OR_RETURN(const std::string found, Sha256Of(*version.model));
  if (found != version.record.sha256) {
    return DataLoss(StrCat("model.tflite has sha256 ", found, ", recorded is ", version.record.sha256));
  }
  engine::ExecutableOptions options;
  options.backend = options_.backend;
  options.threads = scheduler_.threads_per_executor();
  options.limits.max_arena_bytes = std::min<std::uint64_t>(options_.max_memory_bytes, options.limits.max_arena_bytes);
  TFLD_ASSIGN_OR_RETURN(
      auto model, engine::Model::FromDescriptor(version.model->descriptor(), DisplayName(version), options.limits));
  TFLD_ASSIGN_OR_RETURN(auto executable, engine::Executable::Create(std::move(model), options));
  const engine::MemoryUsage memory = executable->memory();
  const std::uint64_t sessions = scheduler_.pools().size() * static_cast<std::uint64_t>(scheduler_.levels()) +
                                 (DeservesGuest(scheduler_, *executable) ? 1 : 0);
  const std::uint64_t needed = memory.packed_bytes + memory.arena_bytes * sessions;
  if (needed > options_.max_memory_bytes) {
    return ResourceExhausted(StrCat("needs ", needed, " bytes for packed weights and the working memory of ", sessions,
                                    " sessions, at most ", options_.max_memory_bytes, " are allowed"));
  }
  return executable;
}

void Loader::EnableBatches(ModelInstance& instance, const BatchOptions& options) const {
  const engine::Executable& executable = instance.executable();
  const auto check = [&]() -> Status {
    // Sessions of its own: those of the instance run on the executors' threads, which serve meanwhile.
    TFLD_ASSIGN_OR_RETURN(const auto batches, BatchSessions::Create(executable, {nullptr}, options.max_size));
    TFLD_ASSIGN_OR_RETURN(const auto single, executable.NewSession());
    return CheckBatches(executable, *single, *batches);
  };
  const engine::MemoryUsage memory = instance.memory();
  const std::uint64_t needed =
      memory.packed_bytes + memory.arena_bytes +
      executable.memory().arena_bytes * BatchSessions::RowsUpTo(options.max_size, instance.slots());
  Status status;
  if (needed > options_.max_memory_bytes) {
    status = ResourceExhausted(
        StrCat("they need ", needed, " bytes of memory, at most ", options_.max_memory_bytes, " are allowed"));
  }
  if (status.ok()) status = check();
  if (status.ok()) status = instance.EnableBatches(options, scheduler_.pools());
  if (status.ok() || !options_.notice) return;
  options_.notice(executable.model().name(), StrCat("requests run without batches: ", status.message()));
}

Result<std::shared_ptr<ModelInstance>> Loader::WarmThere(const std::shared_ptr<const engine::Executable>& executable,
                                                         const std::string& model) const {
  InstanceOptions instance_options;
  instance_options.levels = scheduler_.levels();
  instance_options.guest = DeservesGuest(scheduler_, *executable);
  const auto configured = options_.models.find(model);
  const ModelOptions of_model = configured != options_.models.end() ? configured->second : ModelOptions();
  instance_options.max_concurrent = of_model.max_concurrent;
  TFLD_ASSIGN_OR_RETURN(auto instance, ModelInstance::Create(executable, scheduler_.pools(), instance_options));
  if (of_model.batch.max_size > 1) EnableBatches(*instance, of_model.batch);
  TFLD_RETURN_IF_ERROR(WarmUp(*instance));
  return instance;
}

Status Loader::WarmUp(ModelInstance& instance) const {
  const engine::Executable& executable = instance.executable();
  const int runs = options_.warmup_runs;
  if (scheduler_.threads_per_executor() > 1) {
    // The instance's sessions run on the executors' own threads, which serve requests meanwhile.
    TFLD_ASSIGN_OR_RETURN(const auto session, executable.NewSession());
    return RunTimes(executable, *session, runs);
  }
  for (int slot = 0; slot < instance.slots(); ++slot) {
    for (int level = 0; level < instance.options().levels; ++level) {
      TFLD_RETURN_IF_ERROR(RunTimes(executable, instance.session(slot, level), runs));
    }
    if (instance.batches() == nullptr) continue;
    for (const int size : instance.batches()->sizes()) {
      TFLD_RETURN_IF_ERROR(RunTimes(executable, instance.batches()->session(slot, size), std::min(runs, 1)));
    }
  }
  if (engine::Session* guest = instance.guest_session()) return RunTimes(executable, *guest, runs);
  return {};
}

Status Loader::RunGoldenThere(const engine::Executable& executable, const StoredVersion& version) const {
  if (!version.manifest.files.contains(kGoldenFile)) return {};
  TFLD_RETURN_IF_ERROR(VerifyFiles(files_, version));
  const auto golden = engine::LoadGolden(version.directory + "/golden");
  if (!golden.ok()) return golden.status().WithContext("golden test");
  TFLD_ASSIGN_OR_RETURN(const auto session, executable.NewSession());
  const auto report = engine::CheckGolden(executable, *session, *golden);
  if (!report.ok()) return report.status().WithContext("golden test");
  return report->within() ? Status() : FailedPrecondition(StrCat("golden test: ", report->Summary()));
}

}  // namespace tfld::daemon
