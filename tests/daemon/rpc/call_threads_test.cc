#include "daemon/rpc/call_threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

namespace tfld::daemon {
namespace {

TEST(CallThreadsTest, WorkRunsAtTheSameTimeElsewhere) {
  std::latch together(2);
  std::atomic<bool> elsewhere = true;
  {
    CallThreads threads;
    const auto work = [&, own = std::this_thread::get_id()] {
      if (std::this_thread::get_id() == own) elsewhere = false;
      together.arrive_and_wait();
    };
    EXPECT_TRUE(threads.Start(work).ok());
    EXPECT_TRUE(threads.Start(work).ok());
  }
  EXPECT_TRUE(elsewhere);
}

TEST(CallThreadsTest, RefusesMoreThanItsMost) {
  std::latch end(1);
  std::atomic<std::size_t> done = 0;
  {
    CallThreads threads;
    for (std::size_t i = 0; i < CallThreads::kMost; ++i) {
      EXPECT_TRUE(threads
                      .Start([&] {
                        end.wait();
                        ++done;
                      })
                      .ok());
    }
    const Status status = threads.Start([&] { ++done; });
    EXPECT_EQ(status.code(), StatusCode::kResourceExhausted);
    EXPECT_NE(status.message().find("64 calls"), std::string::npos) << status.ToString();
    end.count_down();
  }
  EXPECT_EQ(done, CallThreads::kMost);  // its end waited for each
}

TEST(CallThreadsTest, TakesMoreWhenOthersHaveEnded) {
  CallThreads threads;
  for (std::size_t i = 0; i < 3 * CallThreads::kMost; ++i) {
    std::latch ran(1);
    Status status;
    do {
      status = threads.Start([&] { ran.count_down(); });
    } while (!status.ok());
    ran.wait();
  }
}

}  // namespace
}  // namespace tfld::daemon
