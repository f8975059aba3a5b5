#include "client/src/socket_probe.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/base/str_cat.h"

namespace tfld::client {

Status ProbeSocket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return InvalidArgument(StrCat("the socket's path is too long: ", path));
  std::memcpy(address.sun_path, path.c_str(), path.size());
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return ErrnoStatus(errno, "cannot make a socket");
  const int failed = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  const int error_number = failed == 0 ? 0 : errno;
  ::close(descriptor);
  if (error_number == 0 || error_number == EAGAIN) return {};  // EAGAIN: its backlog is full
  if (error_number == EACCES) {
    return PermissionDenied(StrCat("this user may not connect to ", path, ": join the group that owns the socket"));
  }
  const std::string_view what = error_number == ENOENT ? ": the socket is not there" : ": nobody listens on the socket";
  return Unavailable(StrCat("no daemon on ", path, what,
                            ". Start tfld, or say where its sockets are with --runtime-dir or TFLD_RUNTIME_DIR"));
}

}  // namespace tfld::client
