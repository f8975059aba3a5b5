#include "daemon/lifecycle/serving_map.h"

#include <algorithm>
#include <utility>

#include "engine/base/cut_text.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

using Served = ServingMap::Served;

// The caller's words, not more of them than an error should have.
std::string_view Shortened(std::string_view text) { return CutText(text, 64); }

std::string VersionsOf(const std::vector<Served>& served) {
  std::string text = served.size() == 1 ? "version" : "versions";
  for (const Served& version : served) text += StrCat(&version == &served.front() ? " " : ", ", version->version);
  return StrCat(text, served.size() == 1 ? " is" : " are");
}

}  // namespace

std::vector<Served> ServingMap::Entry::All() const {
  std::vector<Served> all;
  if (active != nullptr) all.push_back(active);
  for (const auto& [label, served] : labels) {
    if (served != nullptr) all.push_back(served);
  }
  std::ranges::sort(all, {}, [](const Served& served) { return served->version; });
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

Result<Served> ServingMap::Find(const Entry& entry, std::string_view model, std::string_view version) {
  if (version.empty()) {
    if (entry.active != nullptr) return entry.active;
    return Unavailable(StrCat("model ", model, " has no version in service"));
  }
  if (const auto label = entry.labels.find(version); label != entry.labels.end()) {
    if (label->second != nullptr) return label->second;
    return Unavailable(StrCat("the version at label '", label->first, "' of model ", model, " is not in service"));
  }
  const auto is_meant = [version](const Served& served) {
    return served != nullptr && version == std::to_string(served->version);
  };
  if (is_meant(entry.active)) return entry.active;
  for (const auto& [label, served] : entry.labels) {
    if (is_meant(served)) return served;
  }
  const std::vector<Served> all = entry.All();
  if (all.empty()) return Unavailable(StrCat("model ", model, " has no version in service"));
  return NotFound(StrCat("model ", model, " has no version '", Shortened(version), "' in service; ", VersionsOf(all)));
}

Result<Served> ServingMap::Acquire(std::string_view model, std::string_view version) const {
  const std::lock_guard lock(mutex_);
  const auto found = models_.find(model);
  if (found == models_.end()) return NotFound(StrCat("model '", Shortened(model), "' is not known"));
  return Find(found->second, model, version);
}

std::vector<Served> ServingMap::Snapshot() const {
  const std::lock_guard lock(mutex_);
  std::vector<Served> all;
  for (const auto& [name, entry] : models_) std::ranges::move(entry.All(), std::back_inserter(all));
  return all;
}

std::vector<Served> ServingMap::Snapshot(std::string_view model) const {
  const std::lock_guard lock(mutex_);
  const auto found = models_.find(model);
  return found == models_.end() ? std::vector<Served>() : found->second.All();
}

void ServingMap::Announce(std::string_view model) {
  const std::lock_guard lock(mutex_);
  models_.try_emplace(std::string(model));
}

Served ServingMap::Publish(Served next) {
  const std::string name = next->model;
  const std::lock_guard lock(mutex_);
  models_[name].active.swap(next);
  return next;
}

Served ServingMap::SetLabel(std::string_view model, std::string_view label, Served next) {
  const std::lock_guard lock(mutex_);
  const auto found = models_.find(model);
  if (found != models_.end()) found->second.labels[std::string(label)].swap(next);
  return next;
}

Served ServingMap::RemoveLabel(std::string_view model, std::string_view label) {
  const std::lock_guard lock(mutex_);
  const auto found = models_.find(model);
  if (found == models_.end()) return nullptr;
  auto& labels = found->second.labels;
  const auto place = labels.find(label);
  if (place == labels.end()) return nullptr;
  Served was = std::move(place->second);
  labels.erase(place);
  return was;
}

std::vector<Served> ServingMap::Suspend(std::string_view model) {
  const std::lock_guard lock(mutex_);
  const auto found = models_.find(model);
  if (found == models_.end()) return {};
  std::vector<Served> all = found->second.All();
  found->second.active = nullptr;
  for (auto& [label, served] : found->second.labels) served = nullptr;
  return all;
}

std::vector<Served> ServingMap::Withdraw(std::string_view model) {
  const std::lock_guard lock(mutex_);
  const auto found = models_.find(model);
  if (found == models_.end()) return {};
  std::vector<Served> all = found->second.All();
  models_.erase(found);
  return all;
}

}  // namespace tfld::daemon
