// Lifecycle: what the manager and the deploys under way share, and the few steps that both of them take.
//
// Thread rule: `change` is held by whoever changes a model or loads a version; everything here but Describe needs it.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "daemon/lifecycle/loader.h"
#include "daemon/lifecycle/manager.h"
#include "daemon/lifecycle/serving_map.h"
#include "daemon/store/store.h"

namespace tfld::daemon {

EventRecord MakeEvent(std::string action, std::uint64_t version, const Status& outcome, std::string actor);
HistoryEvent ToHistory(const EventRecord& event);

class Lifecycle {
 public:
  Lifecycle(FileSystem& files, std::unique_ptr<Store> store_to_use, Scheduler& scheduler, ServingMap& map_to_use,
            const ManagerOptions& options_to_use);

  // Makes `next`, whose active version is the loaded `instance`, durable, and then publishes. On an error nothing has
  // changed.
  Status Publish(const ModelState& next, const StoredVersion& version, std::shared_ptr<ModelInstance> instance);

  struct LoadSteps {
    bool run_golden = true;
    bool write = true;  // false: `next` is durable already
  };
  // Opens, verifies, warms and tests a stored version, and publishes it with `next`, which has it active.
  Status LoadAndPublish(const ModelState& next, std::uint64_t version, const LoadSteps& steps);

  // Records an event that changes nothing else. Best effort: what it tells of is told to the caller as well.
  void Note(const std::string& model, EventRecord event);

  // Makes the failure of a version durable and removes its files.
  void Fail(const ModelState& state, std::uint64_t version, EventRecord event);

  // Takes a model that is not in the store any more out of service.
  void Withdraw(const std::string& model);

  // Takes a model out of service that stays in the store and known to callers, until something is published for it.
  void Suspend(const std::string& model);

  // Removes versions that are too many.
  void Vacuum(const std::string& model);

  // Any thread. As callers see it: what is loaded and what still drains is taken into account.
  ModelStatus Describe(const ModelState& state) const;
  VersionStatus Describe(const ModelState& state, std::uint64_t version) const;

  // Any thread. Why the active version of a model is not in service after a restart.
  void SetNotServing(const std::string& model, std::string reason);

  const ManagerOptions options;
  std::mutex change;
  const std::unique_ptr<Store> store;
  const Loader loader;
  ServingMap& map;
  std::atomic<int> uploads = 0;

 private:
  struct Retiring {
    std::string model;
    std::uint64_t version;
    std::weak_ptr<ModelInstance> instance;
  };

  std::shared_ptr<const ServedVersion> MakeServed(const StoredVersion& version,
                                                  std::shared_ptr<ModelInstance> instance) const;
  void Swap(std::shared_ptr<const ServedVersion> served);
  void LetGo(std::shared_ptr<const ServedVersion> was);
  VersionState StateOf(const ModelState& state, const VersionRecord& record) const;

  mutable std::mutex mutex_;  // guards what follows
  std::vector<Retiring> retiring_;
  std::map<std::string, std::string> not_serving_;  // reason by model
  std::set<std::string> suspended_;
};

}  // namespace tfld::daemon
