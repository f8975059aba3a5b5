// PeerIdentity: who is at the other end of a Unix socket, by the kernel's word.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "engine/base/result.h"

namespace tfld::daemon {

struct PeerIdentity {
  pid_t pid = 0;  // when it connected; the process may have ended since
  uid_t uid = 0;
  gid_t gid = 0;              // effective group
  std::vector<gid_t> groups;  // supplementary groups

  std::string ToString() const;  // "uid 1000 pid 4711"
};

// Of a connected Unix socket. Errors are those of getsockopt.
Result<PeerIdentity> ReadPeerIdentity(int socket);

}  // namespace tfld::daemon
