#include "daemon/system/event_loop.h"

#include <gtest/gtest.h>

#include <chrono>
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

TEST(EventLoop, QuitBeforeRunIsNotLost) {
  auto loop = std::move(EventLoop::Create()).value();
  loop->Quit();
  EXPECT_TRUE(loop->Run().ok());
}

}  // namespace
}  // namespace tfld::daemon
