// Manager: carries versions through their lives. Deploy, activate, roll back, remove, and resume after a restart.
//
// Thread rule: any thread; calls block until they are done, and those that change the same model wait for each other.
// Every change is durable before it is visible, and the old version serves until the new one does.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/lifecycle/model_options.h"
#include "engine/base/result.h"
#include "tfld/engine.h"

namespace tfld::daemon {

class Scheduler;
class ServingMap;

enum class VersionState : std::uint8_t {
  kReceived,
  kVerified,
  kStaged,
  kWarming,
  kLoaded,  // serves those who name it or a label of it
  kActive,
  kDraining,
  kRetired,
  kFailed
};
std::string_view VersionStateName(VersionState state);  // "active"

struct VersionStatus {
  std::uint64_t version = 0;
  VersionState state = VersionState::kStaged;
  std::string sha256;            // of model.tflite, lower-case hexadecimal
  std::uint64_t size = 0;        // bytes of model.tflite
  std::string reason;            // why it failed
  std::int64_t deployed_at = 0;  // Unix time, seconds
};

struct ModelMemory {
  std::uint64_t weights = 0, packed = 0, arenas = 0;  // bytes
};

struct ModelStatus {
  std::string name;
  std::optional<std::uint64_t> active;
  std::optional<std::uint64_t> previous;
  std::uint64_t generation = 0;                                // grows with every durable change
  std::vector<VersionStatus> versions;                         // ascending
  ModelMemory memory;                                          // of the versions in service
  std::map<std::string, std::uint64_t, std::less<>> labels{};  // the version that each points at
};

struct HistoryEvent {
  std::int64_t time = 0;  // Unix time, seconds
  // "deploy", "stage", "activate", "rollback", "label", "unlabel", "remove", "load", "unload", "resume", "recover"
  std::string action;
  std::uint64_t version = 0;
  bool ok = true;
  std::string reason;   // of a failure; which label
  std::string actor;    // "uid 0 pid 4711", or "tfld"
  std::string model{};  // set by Resume, whose events are of several models
};

struct DeployRequest {
  std::string model{};
  std::optional<std::uint64_t> version{};  // next whole number when absent
  std::uint64_t size = 0;                  // bytes to come
  std::string sha256{};                    // of all bytes to come, lower-case hexadecimal
  bool stage_only = false;
  std::string actor{};
};

// What a deploy is doing, for progress: the state that it has entered and a line for people.
using DeployProgress = std::function<void(VersionState state, std::string_view detail)>;

// A package on its way in. Destroying it before Finish leaves no trace.
class Upload {
 public:
  virtual ~Upload() = default;
  // The next bytes. INVALID_ARGUMENT when they exceed the announced size. An error ends the deploy and stands in the
  // history.
  virtual Status Write(std::span<const std::byte> bytes) = 0;
  // Verifies, stages, and unless stage_only warms and activates. On an error nothing has changed but the history.
  virtual Result<VersionStatus> Finish(const DeployProgress& progress) = 0;
};

struct ManagerOptions {
  std::string state_dir{};
  std::uint64_t max_package_bytes = std::uint64_t{1} << 30;
  std::uint64_t max_model_memory_bytes = std::uint64_t{1} << 30;  // packed weights and arenas of one version
  int warmup_runs = 3;
  engine::Backend backend = engine::Backend::kCpu;
  int load_nice = 10;      // of the thread that loads versions, 0 to 19
  int keep_versions = 10;  // of a model, beside the active and the previous one; older ones go after a deploy
  ModelOptionsByName models{};
  NoticeOfModel notice{};  // may be empty; called on a thread of the manager's
};

class Manager {
 public:
  // Recovers the store. Scheduler and map must outlive the manager.
  static Result<std::unique_ptr<Manager>> Create(const ManagerOptions& options, Scheduler& scheduler, ServingMap& map);
  virtual ~Manager() = default;

  // Loads and publishes what was active, and what has a label. A model whose active version does not load falls back to
  // its previous one; the outcome of each is in the result. Called once, before anything serves.
  virtual std::vector<HistoryEvent> Resume() = 0;

  // From now on no version is loaded any more, so that the daemon's end waits for no more than the one at hand: Resume
  // returns what it has done so far, and what needs another version to serve ends with UNAVAILABLE. What was durable
  // stays as it is.
  virtual void Stop() = 0;

  // The bytes are a .tflite model or a package (see daemon/store/package.h).
  virtual Result<std::unique_ptr<Upload>> BeginDeploy(const DeployRequest& request) = 0;
  virtual Result<VersionStatus> Activate(const std::string& model, std::uint64_t version, const std::string& actor) = 0;
  // To the last good version before the active one, or to `version`.
  virtual Result<VersionStatus> Rollback(const std::string& model, std::optional<std::uint64_t> version,
                                         const std::string& actor) = 0;
  // Lets requests name a stored version by `label`, wherever it pointed before. The version is loaded and tested
  // first, and serves for as long as it has a label, whichever is active. See policy.h for what is a label;
  // FAILED_PRECONDITION while the model is unloaded.
  virtual Result<VersionStatus> SetLabel(const std::string& model, const std::string& label, std::uint64_t version,
                                         const std::string& actor) = 0;
  // NOT_FOUND.
  virtual Status RemoveLabel(const std::string& model, const std::string& label, const std::string& actor) = 0;
  // Removes a version that is not active and has no label, or with no version the whole model (it stops serving).
  virtual Status Remove(const std::string& model, std::optional<std::uint64_t> version, const std::string& actor) = 0;

  // Takes a model out of service, until Load, a deploy, an activation, a rollback or the next start of the daemon. The
  // store does not change; requests in flight end. OK when it is out of service already.
  virtual Status Unload(const std::string& model, const std::string& actor) = 0;
  // Puts the active version back in service. OK when it serves; FAILED_PRECONDITION when no version is active.
  virtual Result<VersionStatus> Load(const std::string& model, const std::string& actor) = 0;

  virtual std::vector<ModelStatus> List() const = 0;
  virtual Result<ModelStatus> Get(const std::string& model) const = 0;
  // Newest last, at most the last 1,000.
  virtual Result<std::vector<HistoryEvent>> History(const std::string& model) const = 0;
};

}  // namespace tfld::daemon
