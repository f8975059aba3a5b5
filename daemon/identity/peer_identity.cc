#include "daemon/identity/peer_identity.h"

#include <sys/socket.h>

#include <cerrno>

#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

Status ReadGroups(int socket, std::vector<gid_t>& groups) {
  groups.resize(32);
  for (;;) {
    auto bytes = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    const int result = getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &bytes);
    // With ERANGE the kernel tells how many bytes it takes.
    const bool grow = result != 0 && errno == ERANGE && bytes > groups.size() * sizeof(gid_t);
    if (result != 0 && !grow) return ErrnoStatus(errno, "cannot read the groups of the peer");
    groups.resize(bytes / sizeof(gid_t));
    if (result == 0) return {};
  }
}

}  // namespace

std::string PeerIdentity::ToString() const { return StrCat("uid ", uid, " pid ", pid); }

Result<PeerIdentity> ReadPeerIdentity(int socket) {
  ucred credentials{};
  socklen_t bytes = sizeof(credentials);
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &bytes) != 0) {
    return ErrnoStatus(errno, "cannot read the credentials of the peer");
  }
  PeerIdentity identity;
  identity.pid = credentials.pid;
  identity.uid = credentials.uid;
  identity.gid = credentials.gid;
  TFLD_RETURN_IF_ERROR(ReadGroups(socket, identity.groups));
  return identity;
}

}  // namespace tfld::daemon
