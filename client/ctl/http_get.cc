#include "client/ctl/http_get.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "client/src/socket_probe.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

constexpr std::size_t kLargestAnswer = std::size_t{64} << 20;
constexpr timeval kTimeout{10, 0};

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

Status Connect(int descriptor, const std::string& path) {
  TFLD_RETURN_IF_ERROR(client::ProbeSocket(path));
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &kTimeout, sizeof(kTimeout));
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &kTimeout, sizeof(kTimeout));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size());  // its length was checked by the probe
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return {};
  return ErrnoStatus(errno, StrCat("cannot connect to ", path));
}

Status SendAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(descriptor, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return ErrnoStatus(errno, "cannot send the request");
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<std::string> ReceiveAll(int descriptor) {
  std::string answer;
  std::array<char, 16384> buffer{};
  while (answer.size() < kLargestAnswer) {
    const ssize_t received = ::recv(descriptor, buffer.data(), buffer.size(), 0);
    if (received == 0) return answer;
    if (received < 0 && errno == EINTR) continue;
    if (received < 0) return ErrnoStatus(errno, "cannot receive the answer");
    answer.append(buffer.data(), static_cast<std::size_t>(received));
  }
  return Internal("the answer is too long");
}

// By the head: the end of the connection may be that of the daemon.
bool IsComplete(std::string_view head, std::string_view body) {
  constexpr std::string_view kLength = "\r\nContent-Length: ";
  const std::size_t at = head.find(kLength);
  std::size_t length = 0;
  if (at == std::string_view::npos) return false;
  std::from_chars(head.data() + at + kLength.size(), head.data() + head.size(), length);
  return body.size() == length;
}

}  // namespace

Result<std::string> HttpGet(const std::string& socket_path, const std::string& target) {
  const Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return ErrnoStatus(errno, "cannot make a socket");
  TFLD_RETURN_IF_ERROR(Connect(socket.get(), socket_path));
  // HTTP/1.0: the body comes in one piece and ends with the connection.
  TFLD_RETURN_IF_ERROR(SendAll(socket.get(), StrCat("GET ", target, " HTTP/1.0\r\nHost: tfld\r\n\r\n")));
  TFLD_ASSIGN_OR_RETURN(std::string answer, ReceiveAll(socket.get()));
  const std::size_t head = answer.find("\r\n\r\n");
  const std::string first_line = answer.substr(0, answer.find("\r\n"));
  if (head == std::string::npos || first_line.find(" 200") == std::string::npos) {
    return Status(StatusCode::kUnknown, StrCat(socket_path, " answered '", first_line, "'"));
  }
  std::string body = answer.substr(head + 4);
  if (!IsComplete(std::string_view(answer).substr(0, head), body)) {
    return Unavailable(StrCat("the answer of ", socket_path, " ends too soon: the daemon may have ended"));
  }
  return body;
}

}  // namespace tfld::ctl
