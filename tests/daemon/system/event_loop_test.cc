#include "daemon/system/event_loop.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace tfld::daemon {
namespace {

TEST(EventLoop, RunsWhatIsPostedFromOtherThreadsInOrder) {
  auto loop = std::move(EventLoop::Create()).value();
  std::string order;
  std::thread other([&] {
    loop->Post([&] { order += 'a'; });
    loop->Post([&] { order += 'b'; });
    loop->Post([&] { loop->Quit(); });
  });
  EXPECT_TRUE(loop->Run().ok());
  other.join();
  EXPECT_EQ(order, "ab");
}

TEST(EventLoop, TimersRepeat) {
  auto loop = std::move(EventLoop::Create()).value();
  int count = 0;
  ASSERT_TRUE(loop->Every(std::chrono::milliseconds(1),
                          [&] {
                            if (++count == 3) loop->Quit();
                          })
                  .ok());
  EXPECT_TRUE(loop->Run().ok());
  EXPECT_EQ(count, 3);
}

class EventLoopSignals : public testing::Test {
 protected:
  void SetUp() override {
    ::unsetenv("NOTIFY_SOCKET");
    std::signal(SIGHUP, SIG_DFL);
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask_);
  }
  void TearDown() override {
    std::signal(SIGHUP, SIG_IGN);  // what was not taken
    ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    std::signal(SIGHUP, SIG_DFL);
  }

  // How often the handler runs for one signal.
  static int Handled(int number) {
    auto loop = std::move(EventLoop::Create()).value();
    int count = 0;
    EXPECT_TRUE(loop->OnTerminate([&] { ++count; }).ok());
    ::kill(::getpid(), number);
    loop->Post([&] { loop->Quit(); });  // after the signal, which is there already
    EXPECT_TRUE(loop->Run().ok());
    return count;
  }

 private:
  sigset_t mask_{};
};

TEST_F(EventLoopSignals, Terminate) {
  BlockSignals();
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) EXPECT_EQ(Handled(number), 1) << number;
}

TEST_F(EventLoopSignals, AHangUpThatIsIgnoredStaysSo) {
  std::signal(SIGHUP, SIG_IGN);
  BlockSignals();
  EXPECT_EQ(Handled(SIGHUP), 0);
  EXPECT_EQ(Handled(SIGTERM), 1);
}

TEST_F(EventLoopSignals, AServiceDoesNotEndByAHangUp) {
  ::setenv("NOTIFY_SOCKET", "/nowhere", 1);
  BlockSignals();
  EXPECT_EQ(Handled(SIGHUP), 0);
  ::unsetenv("NOTIFY_SOCKET");
}

TEST(EventLoop, QuitBeforeRunIsNotLost) {
  auto loop = std::move(EventLoop::Create()).value();
  loop->Quit();
  EXPECT_TRUE(loop->Run().ok());
}

}  // namespace
}  // namespace tfld::daemon
