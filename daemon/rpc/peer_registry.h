// PeerRegistry: who is behind each connection that was handed to gRPC.
//
// gRPC names a connection that it was given by its descriptor ("fd:17") and closes the descriptor without telling. So
// an entry remembers which socket the descriptor was (its inode), and an entry whose descriptor is no longer that
// socket is swept away before a new connection is judged. The accept loop never uses a descriptor number again soon, so
// a late call of a closed connection finds the entry of that connection or none, never that of another.
//
// Thread rule: any thread.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string_view>

#include "daemon/identity/peer_identity.h"

namespace tfld::daemon {

class PeerRegistry {
 public:
  // Before the descriptor is handed over. Replaces an older entry of that number.
  void Add(int descriptor, PeerIdentity identity);
  void Remove(int descriptor);

  // `peer` is what gRPC says about a call. Null for whatever is not a connection of this registry: deny it.
  std::shared_ptr<const PeerIdentity> Find(std::string_view peer) const;

  // Forgets connections that are closed. Returns how many are open.
  std::size_t Sweep();
  // Open connections of one user, as of the last Sweep.
  std::size_t CountOf(uid_t uid) const;

 private:
  struct Entry {
    ino_t inode = 0;
    std::shared_ptr<const PeerIdentity> identity;
  };

  mutable std::shared_mutex mutex_;
  std::map<int, Entry> entries_;
};

}  // namespace tfld::daemon
