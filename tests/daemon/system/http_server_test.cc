#include "daemon/system/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/no_descriptors.h"
#include "tests/support/temp_dir.h"
#include "tests/support/unix_socket.h"

namespace tfld::daemon {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Ask(const std::string& path, const std::string& request) {
  return test::Exchange(test::ConnectTo(path), request);
}

// Whether the server has closed the connection, by which nothing came.
bool IsClosed(int descriptor) {
  char byte = 0;
  return ::recv(descriptor, &byte, 1, MSG_DONTWAIT) == 0;
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

  std::chrono::nanoseconds ProcessorTime() {
    clockid_t clock{};
    EXPECT_EQ(::pthread_getcpuclockid(thread_.native_handle(), &clock), 0);
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }

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
  for (int i = 0; i < 40; ++i) silent.push_back(test::ConnectTo(path()));
  EXPECT_THAT(Ask(path(), "GET /here HTTP/1.1\r\n\r\n"), EndsWith("yes\n"));
  EXPECT_TRUE(IsClosed(silent.front()));
  EXPECT_FALSE(IsClosed(silent.back()));
  for (const int descriptor : silent) ::close(descriptor);
}

TEST_F(HttpServerTest, ASilentConnectionIsClosedInTimeThoughNobodyElseComes) {
  const int silent = test::ConnectTo(path());
  char byte = 0;
  EXPECT_EQ(::recv(silent, &byte, 1, 0), 0);
  ::close(silent);
}

TEST_F(HttpServerTest, WithoutDescriptorsItWaitsForSome) {
  const int client = test::NewClient();
  {
    const test::NoDescriptors none(client);
    ASSERT_TRUE(test::ConnectBy(client, path()));
    const auto before = ProcessorTime();
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    EXPECT_LT(ProcessorTime() - before, std::chrono::milliseconds(100));
  }
  EXPECT_THAT(test::Exchange(client, "GET /here HTTP/1.1\r\n\r\n"), EndsWith("yes\n"));
}

// Of a flood of connections so many are taken that others still have their turn.
TEST(HttpServer, AFloodDoesNotKeepTheLoopFromItsOtherWork) {
  const test::TempDir dir;
  auto loop = std::move(EventLoop::Create()).value();
  auto socket = ListenUnix(dir.path(), "m.sock", 0600, "");
  ASSERT_TRUE(socket.ok()) << socket.status().ToString();
  const auto server =
      HttpServer::Start(*loop, std::move(socket).value(), [](const HttpRequest&) { return HttpResponse(); });
  ASSERT_TRUE(server.ok());
  std::vector<int> flood;
  for (int i = 0; i < 100; ++i) flood.push_back(test::ConnectTo(dir / "m.sock"));
  std::ptrdiff_t closed = 0;
  const auto look = [&] {
    closed = std::ranges::count_if(flood, IsClosed);
    loop->Quit();
  };
  loop->Post([&] { loop->Post(look); });  // the second of the loop's turns, or the third
  EXPECT_TRUE(loop->Run().ok());
  EXPECT_LE(closed, 32);
  for (const int descriptor : flood) ::close(descriptor);
}

}  // namespace
}  // namespace tfld::daemon
