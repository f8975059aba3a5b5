#include "daemon/lifecycle/serving_map.h"

#include <utility>

#include "engine/base/str_cat.h"

namespace tfld::daemon {

Result<std::shared_ptr<const ServedVersion>> ServingMap::Acquire(std::string_view model,
                                                                 std::string_view version) const {
  std::shared_ptr<const ServedVersion> served;
  {
    const std::lock_guard lock(mutex_);
    const auto found = active_.find(model);
    if (found == active_.end()) return NotFound(StrCat("model '", model.substr(0, 64), "' is not known"));
    served = found->second;
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
  for (const auto& [name, served] : active_) {
    if (served != nullptr) all.push_back(served);
  }
  return all;
}

void ServingMap::Announce(std::string_view model) {
  const std::lock_guard lock(mutex_);
  active_.try_emplace(std::string(model), nullptr);
}

std::shared_ptr<const ServedVersion> ServingMap::Publish(std::shared_ptr<const ServedVersion> next) {
  const std::string name = next->model;
  const std::lock_guard lock(mutex_);
  active_[name].swap(next);
  return next;
}

std::shared_ptr<const ServedVersion> ServingMap::Suspend(std::string_view model) {
  const std::lock_guard lock(mutex_);
  const auto found = active_.find(model);
  return found == active_.end() ? nullptr : std::exchange(found->second, nullptr);
}

std::shared_ptr<const ServedVersion> ServingMap::Withdraw(std::string_view model) {
  const std::lock_guard lock(mutex_);
  const auto found = active_.find(model);
  if (found == active_.end()) return nullptr;
  std::shared_ptr<const ServedVersion> was = std::move(found->second);
  active_.erase(found);
  return was;
}

}  // namespace tfld::daemon
