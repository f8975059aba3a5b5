#include "daemon/lifecycle/lifecycle.h"

#include <algorithm>
#include <ctime>

#include "daemon/lifecycle/policy.h"
#include "engine/base/str_cat.h"
#include "tfld/labels.h"

namespace tfld::daemon {
namespace {

// The manifest's, or those that the model brings with it; a model whose label file is broken serves without.
std::vector<std::string> ClassLabelsOf(const StoredVersion& version, const engine::Model& model) {
  if (!version.manifest.labels.empty()) return version.manifest.labels;
  auto labels = engine::ReadLabels(model, 0);
  return labels.ok() ? *std::move(labels) : std::vector<std::string>();
}

}  // namespace

EventRecord MakeEvent(std::string action, std::uint64_t version, const Status& outcome, std::string actor) {
  return {std::time(nullptr), std::move(action), version, outcome.ok(), std::string(outcome.message()),
          std::move(actor)};
}

HistoryEvent ToHistory(const EventRecord& event) {
  return {event.time, event.action, event.version, event.ok, event.reason, event.actor};
}

Lifecycle::Lifecycle(FileSystem& files, std::unique_ptr<Store> store_to_use, Scheduler& scheduler,
                     ServingMap& map_to_use, const ManagerOptions& options_to_use)
    : options(options_to_use),
      store(std::move(store_to_use)),
      loader(files, scheduler,
             {.max_memory_bytes = options_to_use.max_model_memory_bytes,
              .warmup_runs = options_to_use.warmup_runs,
              .backend = options_to_use.backend,
              .nice = options_to_use.load_nice,
              .models = options_to_use.models,
              .notice = options_to_use.notice}),
      map(map_to_use),
      standings(map_to_use) {
  for (const std::string& name : store->Names()) {
    map.Announce(name);
    const auto state = store->Get(name);
    if (!state.ok()) continue;
    for (const auto& [label, version] : state->labels) map.SetLabel(name, label, nullptr);
  }
}

Lifecycle::Served Lifecycle::MakeServed(const StoredVersion& version, std::shared_ptr<ModelInstance> instance) {
  auto served = std::make_shared<ServedVersion>();
  served->model = version.manifest.name;
  served->version = version.record.version;
  served->class_labels = ClassLabelsOf(version, instance->executable().model());
  served->instance = std::move(instance);
  return served;
}

Status Lifecycle::CheckRunning() const { return stopping ? Unavailable("the daemon is stopping") : Status(); }

Result<Lifecycle::Served> Lifecycle::Load(const std::string& model, std::uint64_t version, GoldenTest golden) const {
  if (auto served = map.Acquire(model, std::to_string(version)); served.ok()) return served;
  TFLD_RETURN_IF_ERROR(CheckRunning());
  TFLD_ASSIGN_OR_RETURN(const StoredVersion stored, store->OpenVersion(model, version));
  TFLD_ASSIGN_OR_RETURN(const auto executable, loader.Verify(stored));
  TFLD_ASSIGN_OR_RETURN(auto instance, loader.Warm(executable, model));
  if (golden == GoldenTest::kRun) TFLD_RETURN_IF_ERROR(loader.RunGolden(*executable, stored));
  return MakeServed(stored, std::move(instance));
}

Status Lifecycle::Publish(const ModelState& next, Served served) {
  TFLD_RETURN_IF_ERROR(store->Write(next));
  Serve(std::move(served));
  return {};
}

void Lifecycle::Serve(Served served) {
  standings.Clear(served->model);
  standings.AddRetiring(map.Publish(std::move(served)));
}

void Lifecycle::ServeLabel(const std::string& label, Served served) {
  const std::string model = served->model;
  standings.AddRetiring(map.SetLabel(model, label, std::move(served)));
}

void Lifecycle::WithdrawLabel(const std::string& model, const std::string& label) {
  standings.AddRetiring(map.RemoveLabel(model, label));
}

std::vector<EventRecord> Lifecycle::ServeLabelled(const std::string& model) {
  std::vector<EventRecord> failures;
  const auto state = store->Get(model);
  if (!state.ok()) return failures;
  for (const auto& [label, version] : state->labels) {
    if (stopping) break;
    if (map.Acquire(model, label).ok()) continue;
    if (std::ranges::find(failures, version, &EventRecord::version) != failures.end()) continue;
    auto served = Load(model, version, GoldenTest::kSkip);
    if (served.ok()) {
      ServeLabel(label, *std::move(served));
      continue;
    }
    failures.push_back(MakeEvent("label", version, served.status(), kOurselves));
    NoteLoadFailure(model, served.status(), failures.back());
  }
  return failures;
}

void Lifecycle::Withdraw(const std::string& model) {
  standings.Clear(model);
  for (const Served& was : map.Withdraw(model)) standings.AddRetiring(was);
}

void Lifecycle::Suspend(const std::string& model) {
  standings.SetSuspended(model);
  for (const Served& was : map.Suspend(model)) standings.AddRetiring(was);
}

void Lifecycle::Note(const std::string& model, EventRecord event) {
  auto state = store->Get(model);
  if (!state.ok()) return;
  state->events.Append(std::move(event));
  (void)store->Write(*state);
}

void Lifecycle::Fail(const ModelState& state, std::uint64_t version, EventRecord event) {
  ModelState next = AfterFailure(state, version, event.reason);
  next.events.Append(std::move(event));
  for (const std::uint64_t surplus : VersionsToVacuum(next, KeptVersions())) {
    if (next.Find(surplus)->state == StoredState::kFailed) next.Erase(surplus);
  }
  // Files go only once the state has let go of them. If it cannot now, the next start finds the version wanting again.
  if (!store->Write(next).ok()) return;
  (void)store->RemoveFiles(next.name, version);
  for (const auto& [label, labelled] : state.labels) {
    if (labelled == version) WithdrawLabel(state.name, label);
  }
}

void Lifecycle::NoteLoadFailure(const std::string& model, const Status& why, EventRecord event) {
  const auto state = store->Get(model);
  if (why.code() == StatusCode::kDataLoss && state.ok()) {
    const std::uint64_t version = event.version;
    Fail(*state, version, std::move(event));
  } else {
    Note(model, std::move(event));
  }
}

void Lifecycle::Vacuum(const std::string& model) {
  auto state = store->Get(model);
  if (!state.ok()) return;
  const auto surplus = VersionsToVacuum(*state, KeptVersions());
  if (surplus.empty()) return;
  for (const std::uint64_t version : surplus) {
    const VersionRecord* record = state->Find(version);
    if (record->state != StoredState::kFailed) {
      state->events.Append(MakeEvent("remove", version, Status(), kOurselves));
    }
    state->Erase(version);
  }
  if (!store->Write(*state).ok()) return;
  for (const std::uint64_t version : surplus) (void)store->RemoveFiles(model, version);
}

}  // namespace tfld::daemon
