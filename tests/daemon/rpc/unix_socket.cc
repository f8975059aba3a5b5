#include "tests/daemon/rpc/unix_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace tfld::test {
namespace {

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

}  // namespace

int ListenOn(const std::string& path) {
  const int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const sockaddr_un address = AddressOf(path);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (listening < 0 || bind(listening, generic, sizeof(address)) != 0 || listen(listening, 64) != 0) {
    std::perror(path.c_str());
    std::abort();
  }
  return listening;
}

int ConnectTo(const std::string& path) {
  const int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = AddressOf(path);
  if (connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return client;
  close(client);
  return -1;
}

}  // namespace tfld::test
