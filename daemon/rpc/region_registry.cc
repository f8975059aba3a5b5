#include "daemon/rpc/region_registry.h"

#include "engine/base/cut_text.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

Status NoSuchRegion(std::string_view name) {
  return NotFound(StrCat("no shared memory region '", CutText(name, RegionRegistry::kMaxNameBytes),
                         "' is registered for this user"));
}

}  // namespace

// `mutex_` is held.
Status RegionRegistry::CheckRoom(uid_t uid, const std::string& name) const {
  const auto regions = users_.find(uid);
  if (regions == users_.end()) return {};
  if (regions->second.contains(name)) {
    return AlreadyExists(StrCat("a shared memory region '", name, "' is registered already; unregister it first"));
  }
  if (regions->second.size() < kMaxRegionsPerUser) return {};
  return ResourceExhausted(
      StrCat("this user has ", kMaxRegionsPerUser, " shared memory regions, the most there may be"));
}

// The object is opened without the lock, so the name is looked at twice.
Status RegionRegistry::Register(const PeerIdentity& caller, const std::string& name, const std::string& key,
                                std::uint64_t offset, std::uint64_t byte_size) {
  if (name.empty() || name.size() > kMaxNameBytes) {
    return InvalidArgument(StrCat("the name of a shared memory region has 1 to ", kMaxNameBytes, " bytes"));
  }
  {
    const std::lock_guard lock(mutex_);
    TFLD_RETURN_IF_ERROR(CheckRoom(caller.uid, name));
  }
  TFLD_ASSIGN_OR_RETURN(auto region, SharedRegion::Open(key, offset, byte_size, caller));
  const std::lock_guard lock(mutex_);
  TFLD_RETURN_IF_ERROR(CheckRoom(caller.uid, name));
  users_[caller.uid].emplace(name, std::move(region));
  return {};
}

Status RegionRegistry::Unregister(uid_t uid, const std::string& name) {
  Regions gone;  // closed without the lock
  const std::lock_guard lock(mutex_);
  const auto regions = users_.find(uid);
  if (name.empty()) {
    if (regions == users_.end()) return {};
    gone = std::move(regions->second);
  } else {
    auto region = regions == users_.end() ? Regions::node_type() : regions->second.extract(name);
    if (region.empty()) return NoSuchRegion(name);
    gone.insert(std::move(region));
    if (!regions->second.empty()) return {};
  }
  users_.erase(regions);
  return {};
}

Result<std::shared_ptr<const SharedRegion>> RegionRegistry::Find(uid_t uid, std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto regions = users_.find(uid);
  if (regions == users_.end()) return NoSuchRegion(name);
  const auto region = regions->second.find(name);
  if (region == regions->second.end()) return NoSuchRegion(name);
  return region->second;
}

Result<RegionRegistry::Regions> RegionRegistry::List(uid_t uid, const std::string& name) const {
  if (!name.empty()) {
    TFLD_ASSIGN_OR_RETURN(auto region, Find(uid, name));
    return Regions{{name, std::move(region)}};
  }
  const std::lock_guard lock(mutex_);
  const auto regions = users_.find(uid);
  return regions == users_.end() ? Regions() : regions->second;
}

}  // namespace tfld::daemon
