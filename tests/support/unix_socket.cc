#include "tests/support/unix_socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace tfld::test {

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

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

int NewClient() { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

bool ConnectBy(int client, const std::string& path) {
  const sockaddr_un address = AddressOf(path);
  return connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

int ConnectTo(const std::string& path) {
  const int client = NewClient();
  if (ConnectBy(client, path)) return client;
  close(client);
  return -1;
}

std::string Exchange(int client, const std::string& request) {
  if (send(client, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
    std::perror("send");
    std::abort();
  }
  std::string answer;
  char buffer[4096];
  for (ssize_t count = 0; (count = recv(client, buffer, sizeof(buffer), 0)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(count));
  }
  close(client);
  return answer;
}

}  // namespace tfld::test
