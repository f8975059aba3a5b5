#include "daemon/lifecycle/worker.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <memory>
#include <vector>

#include "engine/base/result.h"

namespace tfld::daemon {
namespace {

TEST(Worker, RunsElsewhereAndGivesTheResultBack) {
  Worker thread({});
  const auto here = std::this_thread::get_id();
  EXPECT_NE(thread.Run([] { return std::this_thread::get_id(); }), here);
  const Result<int> refused = thread.Run([]() -> Result<int> { return NotFound("nothing there"); });
  EXPECT_EQ(refused.status().code(), StatusCode::kNotFound);
}

TEST(Worker, HasItsOwnNiceValue) {
  const auto nice_here = [] { return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())); };
  const int before = nice_here();
  const int low = std::max(before, 0) + 3;
  Worker thread({.nice = low});
  EXPECT_EQ(thread.Run(nice_here), low);
  EXPECT_EQ(nice_here(), before);
}

TEST(Worker, DoesWhatWasPostedBeforeItEnds) {
  std::atomic<int> done = 0;
  auto thread = std::make_unique<Worker>(WorkerOptions{});
  for (int i = 0; i < 100; ++i) thread->Post([&done] { ++done; });
  thread.reset();
  EXPECT_EQ(done, 100);
}

TEST(Worker, RunsInOrderAndToTheEnd) {
  std::vector<int> order;
  {
    Worker worker({});
    for (int i = 0; i < 5; ++i) {
      EXPECT_TRUE(worker.Post([&order, i] { order.push_back(i); }));
    }
  }
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(Worker, SoMuchMayWait) {
  constexpr std::size_t kMost = 64;
  std::latch begun(1), release(1);
  Worker worker({.max_waiting = kMost});
  ASSERT_TRUE(worker.Post([&] {
    begun.count_down();
    release.wait();
  }));
  begun.wait();
  for (std::size_t i = 0; i < kMost; ++i) EXPECT_TRUE(worker.Post([] {}));
  EXPECT_FALSE(worker.Post([] {}));
  release.count_down();
}

}  // namespace
}  // namespace tfld::daemon
