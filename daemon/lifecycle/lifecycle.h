// Lifecycle: what the manager and the deploys under way share, and the few steps that both of them take.
//
// Thread rule: `change` is held by whoever changes a model or loads a version; all but the standings needs it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/lifecycle/loader.h"
#include "daemon/lifecycle/manager.h"
#include "daemon/lifecycle/serving_map.h"
#include "daemon/lifecycle/standings.h"
#include "daemon/store/store.h"

namespace tfld::daemon {

EventRecord MakeEvent(std::string action, std::uint64_t version, const Status& outcome, std::string actor);
HistoryEvent ToHistory(const EventRecord& event);

inline constexpr char kOurselves[] = "tfld";  // the actor of what nobody asked for

class Lifecycle {
 public:
  // Announces to the map what the store has.
  Lifecycle(FileSystem& files, std::unique_ptr<Store> store_to_use, Scheduler& scheduler, ServingMap& map_to_use,
            const ManagerOptions& options_to_use);

  using Served = ServingMap::Served;

  // What serves once it is published.
  static Served MakeServed(const StoredVersion& version, std::shared_ptr<ModelInstance> instance);

  // UNAVAILABLE once the daemon stops.
  Status CheckRunning() const;

  enum class GoldenTest : bool { kRun, kSkip };
  // Opens, verifies, warms and tests a stored version; one that serves already is taken as it is.
  Result<Served> Load(const std::string& model, std::uint64_t version, GoldenTest golden) const;

  // Makes `next`, which has the version active, durable, and then publishes. On an error nothing has changed.
  Status Publish(const ModelState& next, Served served);
  // Publishes what is durable already.
  void Serve(Served served);

  // Lets `label` lead to a version, once that is durable.
  void ServeLabel(const std::string& label, Served served);
  void WithdrawLabel(const std::string& model, const std::string& label);
  // Puts the versions that the labels point at in service, where they are not. Each that fails is an event, returned.
  std::vector<EventRecord> ServeLabelled(const std::string& model);

  // Records an event that changes nothing else. Best effort: what it tells of is told to the caller as well.
  void Note(const std::string& model, EventRecord event);

  // Makes the failure of a version durable, and removes its files and the labels that point at it.
  void Fail(const ModelState& state, std::uint64_t version, EventRecord event);

  // Records that the event's version could not be loaded: as failed when its bytes are lost, else as Note.
  void NoteLoadFailure(const std::string& model, const Status& why, EventRecord event);

  // Takes a model that is not in the store any more out of service.
  void Withdraw(const std::string& model);

  // Takes a model out of service that stays in the store and known to callers, until something is published for it.
  void Suspend(const std::string& model);

  // Removes versions that are too many.
  void Vacuum(const std::string& model);
  std::size_t KeptVersions() const { return static_cast<std::size_t>(options.keep_versions); }

  const ManagerOptions options;
  std::mutex change;
  const std::unique_ptr<Store> store;
  const Loader loader;
  ServingMap& map;
  Standings standings;
  std::atomic<int> uploads = 0;
  std::atomic<bool> stopping = false;  // nothing is loaded any more
};

}  // namespace tfld::daemon
