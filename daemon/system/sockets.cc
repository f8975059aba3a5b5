#include "daemon/system/sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

constexpr int kBacklog = 512;

Result<sockaddr_un> UnixAddress(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return InvalidArgument(StrCat("socket path ", path, " has ", path.size(), " bytes; the kernel takes at most ",
                                  sizeof(address.sun_path) - 1, ": choose a shorter runtime directory"));
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

// OK when nobody listens there. A daemon that has no time to accept (EAGAIN) listens all the same.
Status CheckStale(const sockaddr_un& address, int type) {
  const std::string path = address.sun_path;
  const int probe = ::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return ErrnoStatus(errno, "cannot make a socket");
  const int result = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  const int error = result == 0 ? 0 : errno;
  ::close(probe);
  if (error == ECONNREFUSED || error == ENOENT) return {};
  if (error != 0 && error != EAGAIN) return ErrnoStatus(error, "cannot tell whether somebody listens on " + path);
  return AlreadyExists(StrCat(path, ": another daemon answers there; stop it, or choose another runtime directory"));
}

// False when there is no such group or this process is not in it.
bool GiveToGroup(const std::string& path, const std::string& group) {
  ::group entry{};
  ::group* found = nullptr;
  std::vector<char> buffer(4096);
  while (::getgrnam_r(group.c_str(), &entry, buffer.data(), buffer.size(), &found) == ERANGE) {
    buffer.resize(2 * buffer.size());  // for a group of many
  }
  return found != nullptr && ::chown(path.c_str(), static_cast<uid_t>(-1), found->gr_gid) == 0;
}

Status Listen(int descriptor, const std::string& name) {
  return ::listen(descriptor, kBacklog) == 0 ? Status() : ErrnoStatus(errno, "cannot listen on " + name);
}

}  // namespace

ListeningSocket::ListeningSocket(ListeningSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), owned_path_(std::exchange(other.owned_path_, {})) {}

ListeningSocket& ListeningSocket::operator=(ListeningSocket&& other) noexcept {
  if (this != &other) {
    Close();
    descriptor_ = std::exchange(other.descriptor_, -1);
    owned_path_ = std::exchange(other.owned_path_, {});
  }
  return *this;
}

ListeningSocket::~ListeningSocket() { Close(); }

int ListeningSocket::ReleaseDescriptor() { return std::exchange(descriptor_, -1); }

void ListeningSocket::Close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!owned_path_.empty()) ::unlink(owned_path_.c_str());
}

std::optional<ListeningSocket> InheritedSocket(const std::string& name) {
  char** names = nullptr;
  const int count = ::sd_listen_fds_with_names(/*unset_environment=*/0, &names);
  int found = -1;
  for (int i = 0; i < count; ++i) {
    if (name == names[i]) found = SD_LISTEN_FDS_START + i;
    std::free(names[i]);
  }
  std::free(names);
  if (found < 0) return std::nullopt;
  // Whoever accepts until there is nobody left must not wait for the next.
  (void)::fcntl(found, F_SETFL, ::fcntl(found, F_GETFL) | O_NONBLOCK);
  return ListeningSocket(found, "");
}

Result<ListeningSocket> ListenUnix(const std::string& directory, const std::string& name, mode_t mode,
                                   const std::string& group, int type) {
  if (auto inherited = InheritedSocket(name)) return *std::move(inherited);
  const std::string path = directory + "/" + name;
  TFLD_ASSIGN_OR_RETURN(const sockaddr_un address, UnixAddress(path));
  TFLD_RETURN_IF_ERROR(CheckStale(address, type));
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return ErrnoStatus(errno, "cannot remove the stale socket " + path);
  const int descriptor = ::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return ErrnoStatus(errno, "cannot make a socket");
  ListeningSocket socket(descriptor, path);
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return ErrnoStatus(errno, "cannot bind " + path);
  }
  if (GiveToGroup(path, group)) mode |= (mode & S_IRWXU) >> 3;
  if (::chmod(path.c_str(), mode) != 0) return ErrnoStatus(errno, "cannot set the permissions of " + path);
  // Only now, as nobody may connect before the permissions are what they should be.
  TFLD_RETURN_IF_ERROR(Listen(descriptor, path));
  return socket;
}

Result<ListeningSocket> ListenLoopback(const std::string& address) {
  const auto colon = address.rfind(':');
  const Status malformed =
      InvalidArgument(StrCat("\"", address, "\" is no address; expected 127.0.0.1:PORT or [::1]:PORT"));
  if (colon == std::string::npos) return malformed;
  const std::string host = address.substr(0, colon);
  std::uint16_t port = 0;
  const char* const end = address.data() + address.size();
  if (std::from_chars(address.data() + colon + 1, end, port).ptr != end) return malformed;

  sockaddr_storage storage{};
  socklen_t length = 0;
  if (host == "[::1]") {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_addr = in6addr_loopback;
    v6.sin6_port = htons(port);
    length = sizeof(v6);
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    length = sizeof(v4);
    if (::inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host.c_str(), &v4.sin_addr) != 1) return malformed;
    if ((ntohl(v4.sin_addr.s_addr) >> 24) != 127)
      return InvalidArgument(StrCat("\"", address, "\" is not a loopback address"));
  }
  const int descriptor = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) {
    return ErrnoStatus(errno, "cannot make a socket; where the unit forbids it, enable tfld-metrics.socket instead");
  }
  ListeningSocket socket(descriptor, "");
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&storage), length) != 0) {
    return ErrnoStatus(errno, "cannot bind " + address);
  }
  TFLD_RETURN_IF_ERROR(Listen(descriptor, address));
  return socket;
}

}  // namespace tfld::daemon
