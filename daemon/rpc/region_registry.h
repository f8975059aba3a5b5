// RegionRegistry: the regions of shared memory that callers have registered, by name. They belong to the user: all his
// connections see them, no other user's do, and they stay until he unregisters them.
//
// Thread rule: any thread. A region that is unregistered while a request uses it lives until the request ends.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/rpc/shared_region.h"
#include "engine/base/result.h"

namespace tfld::daemon {

class RegionRegistry {
 public:
  using Regions = std::map<std::string, std::shared_ptr<const SharedRegion>, std::less<>>;
  static constexpr std::size_t kMaxRegionsPerUser = 256;  // each holds a descriptor
  static constexpr std::size_t kMaxNameBytes = 256;

  // ALREADY_EXISTS for a name that is taken; RESOURCE_EXHAUSTED when the user has too many; INVALID_ARGUMENT for a name
  // that is empty or too long; else as SharedRegion::Open.
  Status Register(const PeerIdentity& caller, const std::string& name, const std::string& key, std::uint64_t offset,
                  std::uint64_t byte_size);

  // One region, or with an empty name all of the user. NOT_FOUND.
  Status Unregister(uid_t uid, const std::string& name);

  // NOT_FOUND.
  Result<std::shared_ptr<const SharedRegion>> Find(uid_t uid, std::string_view name) const;
  // One region, or with an empty name all of the user. NOT_FOUND.
  Result<Regions> List(uid_t uid, const std::string& name) const;

 private:
  Status CheckRoom(uid_t uid, const std::string& name) const;

  mutable std::mutex mutex_;
  std::map<uid_t, Regions> users_;
};

}  // namespace tfld::daemon
