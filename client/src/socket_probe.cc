#include "client/src/socket_probe.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "engine/base/str_cat.h"

namespace tfld::client {
namespace {

Result<sockaddr_un> ToAddress(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return InvalidArgument(StrCat("the socket's path is too long: ", path));
  std::memcpy(address.sun_path, path.c_str(), path.size());
  return address;
}

Status ConnectFailure(int error_number, const std::string& path) {
  if (error_number == EACCES) {
    return PermissionDenied(StrCat("this user may not connect to ", path, ": join the group that owns the socket"));
  }
  const std::string_view what = error_number == ENOENT ? ": the socket is not there" : ": nobody listens on the socket";
  return Unavailable(StrCat("no daemon on ", path, what,
                            ". Start tfld, or say where its sockets are with --runtime-dir or TFLD_RUNTIME_DIR"));
}

}  // namespace

Status ProbeSocket(const std::string& path) {
  TFLD_ASSIGN_OR_RETURN(const sockaddr_un address, ToAddress(path));
  const UniqueDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) return ErrnoStatus(errno, "cannot make a socket");
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return {};
  return errno == EAGAIN ? Status() : ConnectFailure(errno, path);  // EAGAIN: its backlog is full
}

Result<UniqueDescriptor> ConnectSocket(const std::string& path, int type) {
  TFLD_ASSIGN_OR_RETURN(const sockaddr_un address, ToAddress(path));
  UniqueDescriptor socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return ErrnoStatus(errno, "cannot make a socket");
  constexpr timeval kLimit{kPatience.count(), 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &kLimit, sizeof(kLimit));
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &kLimit, sizeof(kLimit));
  const auto connect = [&] {
    return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  };
  if (Uninterrupted(connect) == 0) return socket;
  return ConnectFailure(errno, path);
}

}  // namespace tfld::client
