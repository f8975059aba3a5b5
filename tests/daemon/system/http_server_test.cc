#include "daemon/system/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <thread>

#include "tests/support/temp_dir.h"

namespace tfld::daemon {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

int Connect(const std::string& path) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  EXPECT_EQ(::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  return descriptor;
}

std::string Ask(const std::string& path, const std::string& request) {
  const int descriptor = Connect(path);
  EXPECT_EQ(::send(descriptor, request.data(), request.size(), MSG_NOSIGNAL), static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t count = 0; (count = ::recv(descriptor, buffer, sizeof(buffer), 0)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(count));
  }
  ::close(descriptor);
  return answer;
}

// A server on a loop of its own thread, as in the daemon.
class HttpServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    loop_ = std::move(EventLoop::Create()).value();
    auto socket = ListenUnix(dir_.path(), "m.sock", 0600, "");
    ASSERT_TRUE(socket.ok()) << socket.status().ToString();
    auto server = HttpServer::Start(*loop_, std::move(socket).value(), [](const HttpRequest& request) {
      const std::string_view path = request.path;
      if (path == "/accept") return HttpResponse{.body = std::string(request.accept) + "\n"};
      if (path == "/big") return HttpResponse{.body = std::string(3'000'000, 'x')};
      return path == "/here" ? HttpResponse{.body = "yes\n"} : HttpResponse{.status = 404, .body = "no\n"};
    });
    ASSERT_TRUE(server.ok());
    server_ = std::move(server).value();
    thread_ = std::thread([this] { EXPECT_TRUE(loop_->Run().ok()); });
  }
  void TearDown() override {
    loop_->Quit();
    thread_.join();
    server_.reset();
  }

  std::string path() const { return dir_.path().string() + "/m.sock"; }

  test::TempDir dir_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

TEST_F(HttpServerTest, TellsWhatTheClientAccepts) {
  const std::string path = dir_.path().string() + "/m.sock";
  EXPECT_THAT(Ask(path, "GET /accept HTTP/1.1\r\nHost: x\r\nACCEPT:  text/plain;q=0.5\r\nX: y\r\n\r\n"),
              EndsWith("\r\n\r\ntext/plain;q=0.5\n"));
  EXPECT_THAT(Ask(path, "GET /accept HTTP/1.1\r\nHost: accept:\r\n\r\n"), EndsWith("\r\n\r\n\n"));
}

TEST_F(HttpServerTest, AnswersPaths) {
  const std::string answer = Ask(path(), "GET /here?x=1 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 4\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nyes\n"));
  EXPECT_THAT(Ask(path(), "GET /there HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 404"));
}

TEST_F(HttpServerTest, HeadHasNoBody) {
  EXPECT_THAT(Ask(path(), "HEAD /here HTTP/1.1\r\n\r\n"), EndsWith("Connection: close\r\n\r\n"));
}

TEST_F(HttpServerTest, RefusesWhatIsNoRequest) {
  EXPECT_THAT(Ask(path(), "POST /here HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(Ask(path(), "garbage\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_EQ(Ask(path(), "GET /" + std::string(9000, 'x')), "");
}

TEST_F(HttpServerTest, LargeAnswersArriveWhole) {
  EXPECT_EQ(Ask(path(), "GET /big HTTP/1.1\r\n\r\n").size() > 3'000'000, true);
}

TEST_F(HttpServerTest, SilentConnectionsDoNotStopOthers) {
  std::vector<int> silent;
  for (int i = 0; i < 12; ++i) silent.push_back(Connect(path()));
  EXPECT_THAT(Ask(path(), "GET /here HTTP/1.1\r\n\r\n"), EndsWith("yes\n"));
  for (const int descriptor : silent) ::close(descriptor);
}

}  // namespace
}  // namespace tfld::daemon
