#include "client/src/socket_probe.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/base/str_cat.h"

namespace tfld::client {
namespace {

using Clock = std::chrono::steady_clock;

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
  if (error_number == EAGAIN) return Unavailable(StrCat("the daemon on ", path, " takes no connection: it is stopped"));
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

Clock::time_point PatienceEnds(Clock::time_point deadline) { return std::min(deadline, Clock::now() + kPatience); }

void LimitCalls(int socket, Clock::time_point until) {
  using std::chrono::microseconds;
  const auto left = std::chrono::duration_cast<microseconds>(until - Clock::now());
  const auto limit = std::max(left, microseconds(1)).count();  // 0 would be none
  const timeval time{limit / 1'000'000, limit % 1'000'000};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time));
}

Result<UniqueDescriptor> ConnectSocket(const std::string& path, int type, Clock::time_point until) {
  TFLD_ASSIGN_OR_RETURN(const sockaddr_un address, ToAddress(path));
  UniqueDescriptor socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return ErrnoStatus(errno, "cannot make a socket");
  const auto connect = [&] {
    return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  };
  if (CallUntil(socket.get(), until, connect) == 0) return socket;
  return ConnectFailure(errno, path);
}

}  // namespace tfld::client
