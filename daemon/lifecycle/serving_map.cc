#include "daemon/lifecycle/serving_map.h"

#include <algorithm>
#include <utility>

#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

constexpr std::size_t kMaxLabelBytes = 64;

Status UnknownModel(std::string_view model) {
  return NotFound(StrCat("model '", model.substr(0, 64), "' is not known"));
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Never a number, so that a label and a version are told apart.
bool IsLabel(std::string_view text) {
  return !text.empty() && text.size() <= kMaxLabelBytes && IsLetter(text[0]) && std::ranges::all_of(text, [](char c) {
    return IsLetter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

}  // namespace

Result<std::shared_ptr<const ServedVersion>> ServingMap::Acquire(std::string_view model,
                                                                 std::string_view version) const {
  std::shared_ptr<const ServedVersion> served;
  {
    const std::lock_guard lock(mutex_);
    const auto found = models_.find(model);
    if (found == models_.end()) return UnknownModel(model);
    served = found->second.active;
    if (served != nullptr && !version.empty() && found->second.labels.contains(version)) return served;
  }
  if (served == nullptr) return Unavailable(StrCat("model ", model, " has no version in service"));
  if (!version.empty() && version != std::to_string(served->version)) {
    return NotFound(StrCat("model ", model, " has no version '", version.substr(0, 64), "' in service; version ",
                           served->version, " is"));
  }
  return served;
}

std::vector<std::shared_ptr<const ServedVersion>> ServingMap::Snapshot() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<const ServedVersion>> all;
  for (const auto& [name, entry] : models_) {
    if (entry.active != nullptr) all.push_back(entry.active);
  }
  return all;
}

Status ServingMap::SetLabel(std::string_view model, std::string_view label, std::uint64_t version) {
  if (!IsLabel(label)) {
    return InvalidArgument(StrCat("'", label.substr(0, kMaxLabelBytes), "' is no label: up to ", kMaxLabelBytes,
                                  " letters, digits, '-', '_' and '.', the first a letter"));
  }
  const std::lock_guard lock(mutex_);
  const auto found = models_.find(model);
  if (found == models_.end()) return UnknownModel(model);
  Entry& entry = found->second;
  if (entry.active == nullptr || entry.active->version != version) {
    return FailedPrecondition(StrCat("version ", version, " of model ", model, " is not loaded"));
  }
  if (entry.labels.size() >= kMaxLabels && !entry.labels.contains(label)) {
    return ResourceExhausted(StrCat("model ", model, " has ", kMaxLabels, " labels, the most there may be"));
  }
  entry.labels.emplace(label);
  return {};
}

Status ServingMap::RemoveLabel(std::string_view model, std::string_view label) {
  const std::lock_guard lock(mutex_);
  const auto found = models_.find(model);
  if (found == models_.end()) return UnknownModel(model);
  auto& labels = found->second.labels;
  const auto place = labels.find(label);
  if (place == labels.end()) {
    return NotFound(StrCat("model ", model, " has no label '", label.substr(0, kMaxLabelBytes), "'"));
  }
  labels.erase(place);
  return {};
}

void ServingMap::Announce(std::string_view model) {
  const std::lock_guard lock(mutex_);
  models_.try_emplace(std::string(model));
}

std::shared_ptr<const ServedVersion> ServingMap::Publish(std::shared_ptr<const ServedVersion> next) {
  const std::string name = next->model;
  const std::lock_guard lock(mutex_);
  models_[name].active.swap(next);
  return next;
}

std::shared_ptr<const ServedVersion> ServingMap::Suspend(std::string_view model) {
  const std::lock_guard lock(mutex_);
  const auto found = models_.find(model);
  return found == models_.end() ? nullptr : std::exchange(found->second.active, nullptr);
}

std::shared_ptr<const ServedVersion> ServingMap::Withdraw(std::string_view model) {
  const std::lock_guard lock(mutex_);
  const auto found = models_.find(model);
  if (found == models_.end()) return nullptr;
  std::shared_ptr<const ServedVersion> was = std::move(found->second.active);
  models_.erase(found);
  return was;
}

}  // namespace tfld::daemon
