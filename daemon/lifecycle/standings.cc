#include "daemon/lifecycle/standings.h"

#include <algorithm>
#include <utility>

#include "daemon/lifecycle/version_state.h"

namespace tfld::daemon {

void Standings::Clear(const std::string& model) {
  const std::lock_guard lock(mutex_);
  not_serving_.erase(model);
  suspended_.erase(model);
}

void Standings::SetSuspended(const std::string& model) {
  const std::lock_guard lock(mutex_);
  suspended_.insert(model);
}

void Standings::SetNotServing(const std::string& model, std::string reason) {
  const std::lock_guard lock(mutex_);
  not_serving_[model] = std::move(reason);
}

void Standings::AddRetiring(const ServingMap::Served& was) {
  if (was == nullptr) return;
  const std::lock_guard lock(mutex_);
  std::erase_if(retiring_, [](const Retiring& retiring) { return retiring.instance.expired(); });
  retiring_.push_back({was->model, was->version, was->instance});
}

bool Standings::IsSuspended(const std::string& model) const {
  const std::lock_guard lock(mutex_);
  return suspended_.contains(model);
}

VersionState Standings::StateOf(const ModelState& state, const VersionRecord& record) const {
  if (record.state == StoredState::kActive) {
    const auto served = map_.Acquire(state.name, "");
    if (served.ok() && (*served)->version == record.version) return VersionState::kActive;
    const std::lock_guard lock(mutex_);
    if (suspended_.contains(state.name)) return VersionState::kRetired;
    return not_serving_.contains(state.name) ? VersionState::kFailed : VersionState::kWarming;
  }
  if (map_.Acquire(state.name, std::to_string(record.version)).ok()) return VersionState::kLoaded;
  const std::lock_guard lock(mutex_);
  const bool drains = std::ranges::any_of(retiring_, [&](const Retiring& retiring) {
    return retiring.model == state.name && retiring.version == record.version && !retiring.instance.expired();
  });
  return drains ? VersionState::kDraining : FromStored(record.state);
}

VersionStatus Standings::Describe(const ModelState& state, std::uint64_t version) const {
  VersionStatus status;
  status.version = version;
  const VersionRecord* record = state.Find(version);
  if (record == nullptr) return status;
  status.state = StateOf(state, *record);
  status.sha256 = record->sha256;
  status.size = record->size;
  status.reason = record->reason;
  status.deployed_at = record->deployed_at;
  if (record->state == StoredState::kActive && status.state == VersionState::kRetired) status.reason = "unloaded";
  if (record->state == StoredState::kActive && status.state == VersionState::kFailed) {
    const std::lock_guard lock(mutex_);
    const auto found = not_serving_.find(state.name);
    if (found != not_serving_.end()) status.reason = found->second;
  }
  return status;
}

ModelStatus Standings::Describe(const ModelState& state) const {
  ModelStatus status;
  status.name = state.name;
  status.generation = state.generation;
  status.previous = state.previous();
  status.labels = state.labels;
  for (const VersionRecord& record : state.versions) status.versions.push_back(Describe(state, record.version));
  if (const auto served = map_.Acquire(state.name, ""); served.ok()) status.active = (*served)->version;
  for (const ServingMap::Served& served : map_.Snapshot(state.name)) {
    const engine::MemoryUsage memory = served->instance->memory();
    status.memory.weights += memory.weight_bytes;
    status.memory.packed += memory.packed_bytes;
    status.memory.arenas += memory.arena_bytes;
  }
  return status;
}

}  // namespace tfld::daemon
