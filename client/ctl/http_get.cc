#include "client/ctl/http_get.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>

#include "client/src/socket_probe.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

constexpr std::size_t kLargestAnswer = std::size_t{64} << 20;

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
  const auto until = client::PatienceEnds(std::chrono::steady_clock::time_point::max());
  TFLD_ASSIGN_OR_RETURN(const auto socket, client::ConnectSocket(socket_path, SOCK_STREAM, until));
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
