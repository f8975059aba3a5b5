#include "daemon/system/http_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <list>
#include <utility>

#include "daemon/identity/accept_some.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

constexpr std::size_t kMaxConnections = 16;
constexpr std::size_t kMaxRequestBytes = 8192;
constexpr std::chrono::seconds kDeadline{5};

std::string_view ReasonOf(int status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 503: return "Service Unavailable";
    default: return "Error";
  }
}

std::string Serialize(const HttpResponse& response, bool with_body) {
  std::string out =
      StrCat("HTTP/1.1 ", response.status, " ", ReasonOf(response.status), "\r\nContent-Type: ", response.content_type,
             "\r\nContent-Length: ", response.body.size(), "\r\nConnection: close\r\n\r\n");
  if (with_body) out += response.body;
  return out;
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// The value of the first header with this name, which is given in lower case with its colon; empty when there is none.
std::string_view HeaderOf(std::string_view head, std::string_view name) {
  for (std::size_t end = head.find("\r\n"); end != std::string_view::npos; end = head.find("\r\n")) {
    head.remove_prefix(end + 2);
    const std::string_view line = head.substr(0, head.find("\r\n"));
    if (line.size() < name.size()) continue;
    if (!std::equal(name.begin(), name.end(), line.begin(), [](char a, char b) { return a == Lower(b); })) continue;
    const std::size_t start = line.find_first_not_of(" \t", name.size());
    return start == std::string_view::npos ? std::string_view() : line.substr(start);
  }
  return {};
}

// The answer to the head of a request.
std::string Answer(std::string_view head, const HttpServer::Handler& handler) {
  const auto method_end = head.find(' ');
  const auto path_end = method_end == std::string_view::npos ? method_end : head.find(' ', method_end + 1);
  if (path_end == std::string_view::npos) return Serialize({.status = 400, .body = "bad request\n"}, true);
  const std::string_view method = head.substr(0, method_end);
  std::string_view path = head.substr(method_end + 1, path_end - method_end - 1);
  path = path.substr(0, path.find('?'));
  if (method != "GET" && method != "HEAD") return Serialize({.status = 405, .body = "only GET and HEAD\n"}, true);
  return Serialize(handler({path, HeaderOf(head, "accept:")}), method == "GET");
}

struct Connection {
  int descriptor = -1;
  std::chrono::steady_clock::time_point deadline;
  std::string request;
  std::string response;  // empty until the request is complete
  std::size_t sent = 0;
  std::unique_ptr<EventLoop::Watch> watch;

  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    watch.reset();
    if (descriptor >= 0) ::close(descriptor);
  }
};

}  // namespace

struct HttpServer::Impl {
  using ConnectionRef = std::list<Connection>::iterator;

  void Accept() {
    if (AcceptSome(socket.descriptor(), [this](int descriptor) { Admit(descriptor); })) return;
    watch->SetEvents(0);  // until the next tick
  }

  void Admit(int descriptor) {
    if (connections.size() >= kMaxConnections) connections.pop_front();
    const auto connection = connections.emplace(connections.end());
    connection->descriptor = descriptor;
    connection->deadline = std::chrono::steady_clock::now() + kDeadline;
    auto added = loop->WatchDescriptor(descriptor, EPOLLIN, [this, connection](std::uint32_t) { Advance(connection); });
    if (added.ok()) {
      connection->watch = std::move(added).value();
    } else {
      connections.erase(connection);
    }
  }

  void Advance(ConnectionRef connection) {
    const bool finished = connection->response.empty() ? !Read(*connection) : !Write(*connection);
    if (finished) connections.erase(connection);
  }

  // False when the connection is of no more use.
  bool Read(Connection& connection) {
    char buffer[2048];
    const ssize_t count = ::recv(connection.descriptor, buffer, sizeof(buffer), 0);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    if (count == 0) return false;
    connection.request.append(buffer, static_cast<std::size_t>(count));
    if (connection.request.size() > kMaxRequestBytes) return false;
    const auto end = connection.request.find("\r\n\r\n");
    if (end == std::string::npos) return true;
    connection.response = Answer(std::string_view(connection.request).substr(0, end), handler);
    connection.watch->SetEvents(EPOLLOUT);
    return Write(connection);
  }

  static bool Write(Connection& connection) {
    while (connection.sent < connection.response.size()) {
      const ssize_t count = ::send(connection.descriptor, connection.response.data() + connection.sent,
                                   connection.response.size() - connection.sent, MSG_NOSIGNAL);
      if (count < 0) return errno == EAGAIN || errno == EINTR;
      connection.sent += static_cast<std::size_t>(count);
    }
    return false;
  }

  // Every second.
  void Tick() {
    const auto now = std::chrono::steady_clock::now();
    connections.remove_if([now](const Connection& connection) { return connection.deadline < now; });
    watch->SetEvents(EPOLLIN);
  }

  EventLoop* loop = nullptr;
  ListeningSocket socket;
  Handler handler;
  std::list<Connection> connections;
  std::unique_ptr<EventLoop::Watch> watch;
};

HttpServer::HttpServer() : impl_(std::make_unique<Impl>()) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::Start(EventLoop& loop, ListeningSocket socket, Handler handler) {
  auto server = std::unique_ptr<HttpServer>(new HttpServer());
  Impl& impl = *server->impl_;
  impl.loop = &loop;
  impl.socket = std::move(socket);
  impl.handler = std::move(handler);
  TFLD_ASSIGN_OR_RETURN(
      impl.watch, loop.WatchDescriptor(impl.socket.descriptor(), EPOLLIN, [&impl](std::uint32_t) { impl.Accept(); }));
  TFLD_RETURN_IF_ERROR(loop.Every(std::chrono::seconds(1), [&impl] { impl.Tick(); }));
  return server;
}

}  // namespace tfld::daemon
