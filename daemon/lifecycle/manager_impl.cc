#include "daemon/lifecycle/manager_impl.h"

#include "daemon/lifecycle/deployment.h"
#include "daemon/lifecycle/policy.h"
#include "engine/base/cut_text.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

EventRecord LabelEvent(const char* action, std::uint64_t version, const std::string& label, const std::string& actor) {
  EventRecord event = MakeEvent(action, version, Status(), actor);
  event.reason = label;
  return event;
}

}  // namespace

Result<std::unique_ptr<Manager>> Manager::Create(const ManagerOptions& options, Scheduler& scheduler, ServingMap& map) {
  FileSystem& files = SystemFileSystem();
  TFLD_ASSIGN_OR_RETURN(
      auto store, Store::Open(files, {.state_dir = options.state_dir, .max_package_bytes = options.max_package_bytes}));
  auto lifecycle = std::make_unique<Lifecycle>(files, std::move(store), scheduler, map, options);
  return std::unique_ptr<Manager>(std::make_unique<ManagerImpl>(std::move(lifecycle)));
}

std::vector<HistoryEvent> ManagerImpl::Resume() {
  const std::lock_guard lock(lifecycle_->change);
  std::vector<HistoryEvent> outcome;
  for (const std::string& name : lifecycle_->store->Names()) {
    ResumeModel(name, outcome);
    for (const EventRecord& failure : lifecycle_->ServeLabelled(name)) {
      outcome.push_back(ToHistory(failure));
      outcome.back().model = name;
    }
  }
  return outcome;
}

// Tries the active version, then the good ones before it. What is lost on the disk fails for good; what does not load
// for another reason leaves the lineage once another version serves. When nothing loads the pointer stays.
void ManagerImpl::ResumeModel(const std::string& model, std::vector<HistoryEvent>& outcome) {
  const auto at_start = lifecycle_->store->Get(model);
  if (!at_start.ok()) return;
  std::vector<EventRecord> failures;
  for (const std::uint64_t version : ResumeOrder(*at_start)) {
    if (lifecycle_->stopping) return;
    const auto state = lifecycle_->store->Get(model);
    if (!state.ok()) return;
    auto loaded = lifecycle_->Load(model, version, Lifecycle::GoldenTest::kSkip);
    EventRecord event = MakeEvent("resume", version, loaded.status(), kOurselves);
    outcome.push_back(ToHistory(event));
    outcome.back().model = model;
    if (loaded.ok()) {
      lifecycle_->Serve(*std::move(loaded));
      return RecordResume(*state, version, failures);
    }
    lifecycle_->standings.SetNotServing(model, event.reason);
    if (loaded.status().code() == StatusCode::kDataLoss) {
      lifecycle_->Fail(*state, version, std::move(event));
    } else {
      failures.push_back(std::move(event));
    }
  }
}

// Serving goes before recording here: a fallback that cannot be written (a full disk) is found again at the next start.
void ManagerImpl::RecordResume(const ModelState& state, std::uint64_t version,
                               const std::vector<EventRecord>& failures) {
  ModelState next = AfterRollback(state, version);
  if (next == state && failures.empty()) return;
  for (const EventRecord& failure : failures) next.events.Append(failure);
  next.events.Append(MakeEvent("resume", version, Status(), kOurselves));
  (void)lifecycle_->store->Write(next);
}

Result<std::unique_ptr<Upload>> ManagerImpl::BeginDeploy(const DeployRequest& request) {
  return Deployment::Begin(*lifecycle_, request);
}

bool ManagerImpl::IsServing(const std::string& model, std::uint64_t version) const {
  const auto served = lifecycle_->map.Acquire(model, "");
  return served.ok() && (*served)->version == version;
}

Result<Lifecycle::Served> ManagerImpl::LoadFor(const std::string& model, std::uint64_t version,
                                               const std::string& action, const std::string& actor) {
  auto loaded = lifecycle_->Load(model, version, Lifecycle::GoldenTest::kRun);
  if (loaded.ok()) return loaded;
  lifecycle_->NoteLoadFailure(model, loaded.status(), MakeEvent(action, version, loaded.status(), actor));
  return loaded;
}

Result<VersionStatus> ManagerImpl::Switch(ModelState next, std::uint64_t version, const std::string& action,
                                          const std::string& actor) {
  TFLD_ASSIGN_OR_RETURN(auto loaded, LoadFor(next.name, version, action, actor));
  next.events.Append(MakeEvent(action, version, Status(), actor));
  if (Status published = lifecycle_->Publish(next, std::move(loaded)); !published.ok()) {
    lifecycle_->Note(next.name, MakeEvent(action, version, published, actor));
    return published;
  }
  lifecycle_->ServeLabelled(next.name);
  TFLD_ASSIGN_OR_RETURN(const ModelState state, lifecycle_->store->Get(next.name));
  return lifecycle_->standings.Describe(state, version);
}

Result<VersionStatus> ManagerImpl::Activate(const std::string& model, std::uint64_t version, const std::string& actor) {
  const std::lock_guard lock(lifecycle_->change);
  TFLD_ASSIGN_OR_RETURN(ModelState state, lifecycle_->store->Get(model));
  TFLD_RETURN_IF_ERROR(CheckLoadable(state, version));
  // A fallback at the start may serve without being what is durable.
  if (IsServing(model, version) && state.active() == version) return lifecycle_->standings.Describe(state, version);
  return Switch(AfterActivation(std::move(state), version), version, "activate", actor);
}

Result<VersionStatus> ManagerImpl::Rollback(const std::string& model, std::optional<std::uint64_t> version,
                                            const std::string& actor) {
  const std::lock_guard lock(lifecycle_->change);
  TFLD_ASSIGN_OR_RETURN(ModelState state, lifecycle_->store->Get(model));
  TFLD_ASSIGN_OR_RETURN(const std::uint64_t target, RollbackTarget(state, version));
  return Switch(AfterRollback(std::move(state), target), target, "rollback", actor);
}

Result<VersionStatus> ManagerImpl::SetLabel(const std::string& model, const std::string& label, std::uint64_t version,
                                            const std::string& actor) {
  const std::lock_guard lock(lifecycle_->change);
  TFLD_ASSIGN_OR_RETURN(ModelState state, lifecycle_->store->Get(model));
  TFLD_RETURN_IF_ERROR(CheckLabel(state, label, version));
  if (lifecycle_->standings.IsSuspended(model)) {
    return FailedPrecondition(StrCat("model ", model, " is unloaded; load it before a label is set"));
  }
  TFLD_ASSIGN_OR_RETURN(auto loaded, LoadFor(model, version, "label", actor));
  if (const auto at = state.labels.find(label); at == state.labels.end() || at->second != version) {
    state.labels[label] = version;
    state.events.Append(LabelEvent("label", version, label, actor));
    TFLD_RETURN_IF_ERROR(lifecycle_->store->Write(state));
  }
  lifecycle_->ServeLabel(label, std::move(loaded));
  return lifecycle_->standings.Describe(state, version);
}

Status ManagerImpl::RemoveLabel(const std::string& model, const std::string& label, const std::string& actor) {
  const std::lock_guard lock(lifecycle_->change);
  TFLD_ASSIGN_OR_RETURN(ModelState state, lifecycle_->store->Get(model));
  const auto found = state.labels.find(label);
  if (found == state.labels.end()) {
    return NotFound(StrCat("model ", model, " has no label '", CutText(label, 64), "'"));
  }
  state.events.Append(LabelEvent("unlabel", found->second, label, actor));
  state.labels.erase(found);
  TFLD_RETURN_IF_ERROR(lifecycle_->store->Write(state));
  lifecycle_->WithdrawLabel(model, label);
  return {};
}

Status ManagerImpl::RemoveVersion(ModelState state, std::uint64_t version, const std::string& actor) {
  TFLD_RETURN_IF_ERROR(CheckRemovable(state, version));
  if (IsServing(state.name, version)) {
    return FailedPrecondition(StrCat("version ", version, " of model ", state.name, " serves in the place of version ",
                                     state.active().value_or(0), ", which does not load; activate another one first"));
  }
  state.Erase(version);
  state.events.Append(MakeEvent("remove", version, Status(), actor));
  TFLD_RETURN_IF_ERROR(lifecycle_->store->Write(state));
  (void)lifecycle_->store->RemoveFiles(state.name, version);  // what stays goes at the next start
  return {};
}

Status ManagerImpl::Remove(const std::string& model, std::optional<std::uint64_t> version, const std::string& actor) {
  const std::lock_guard lock(lifecycle_->change);
  TFLD_ASSIGN_OR_RETURN(ModelState state, lifecycle_->store->Get(model));
  if (version) return RemoveVersion(std::move(state), *version, actor);
  TFLD_RETURN_IF_ERROR(lifecycle_->store->RemoveModel(model));
  lifecycle_->Withdraw(model);
  return {};
}

Status ManagerImpl::Unload(const std::string& model, const std::string& actor) {
  const std::lock_guard lock(lifecycle_->change);
  TFLD_ASSIGN_OR_RETURN(const ModelState state, lifecycle_->store->Get(model));
  if (lifecycle_->map.Snapshot(model).empty()) return {};
  lifecycle_->Suspend(model);
  lifecycle_->Note(model, MakeEvent("unload", state.active().value_or(0), Status(), actor));
  return {};
}

Result<VersionStatus> ManagerImpl::Load(const std::string& model, const std::string& actor) {
  const std::lock_guard lock(lifecycle_->change);
  TFLD_ASSIGN_OR_RETURN(const ModelState state, lifecycle_->store->Get(model));
  const auto version = state.active();
  if (!version) return FailedPrecondition(StrCat("model ", model, " has no active version to load: activate one"));
  if (IsServing(model, *version)) return lifecycle_->standings.Describe(state, *version);
  auto loaded = lifecycle_->Load(model, *version, Lifecycle::GoldenTest::kSkip);
  lifecycle_->Note(model, MakeEvent("load", *version, loaded.status(), actor));
  TFLD_RETURN_IF_ERROR(loaded.status());
  lifecycle_->Serve(*std::move(loaded));
  lifecycle_->ServeLabelled(model);
  return lifecycle_->standings.Describe(state, *version);
}

std::vector<ModelStatus> ManagerImpl::List() const {
  std::vector<ModelStatus> all;
  for (const std::string& name : lifecycle_->store->Names()) {
    if (const auto state = lifecycle_->store->Get(name); state.ok())
      all.push_back(lifecycle_->standings.Describe(*state));
  }
  return all;
}

Result<ModelStatus> ManagerImpl::Get(const std::string& model) const {
  TFLD_ASSIGN_OR_RETURN(const ModelState state, lifecycle_->store->Get(model));
  return lifecycle_->standings.Describe(state);
}

Result<std::vector<HistoryEvent>> ManagerImpl::History(const std::string& model) const {
  TFLD_ASSIGN_OR_RETURN(const ModelState state, lifecycle_->store->Get(model));
  std::vector<HistoryEvent> events;
  events.reserve(state.events.size());
  for (std::size_t i = 0; i < state.events.size(); ++i) events.push_back(ToHistory(state.events[i]));
  return events;
}

}  // namespace tfld::daemon
