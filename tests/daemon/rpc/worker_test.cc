#include "daemon/rpc/worker.h"

#include <gtest/gtest.h>

#include <latch>
#include <vector>

namespace tfld::daemon {
namespace {

TEST(Worker, RunsInOrderAndToTheEnd) {
  std::vector<int> order;
  {
    Worker worker;
    for (int i = 0; i < 5; ++i) {
      EXPECT_TRUE(worker.Post([&order, i] { order.push_back(i); }));
    }
  }
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(Worker, SoMuchMayWait) {
  std::latch begun(1), release(1);
  Worker worker;
  ASSERT_TRUE(worker.Post([&] {
    begun.count_down();
    release.wait();
  }));
  begun.wait();
  for (std::size_t i = 0; i < Worker::kMaxWaiting; ++i) EXPECT_TRUE(worker.Post([] {}));
  EXPECT_FALSE(worker.Post([] {}));
  release.count_down();
}

}  // namespace
}  // namespace tfld::daemon
