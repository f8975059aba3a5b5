// What the options make of a scheduler: its executors, their processors and their pools.
#include <gtest/gtest.h>
#include <sched.h>

#include <memory>
#include <vector>

#include "daemon/scheduler/scheduler.h"
#include "tests/daemon/scheduler/echo_model.h"
#include "tests/daemon/scheduler/fake_job.h"

namespace tfld::daemon {
namespace {

using test::FakeJob;
using test::JobRecord;

TEST(SchedulerOptionsTest, PinsExecutors) {
  cpu_set_t usable;
  CPU_ZERO(&usable);
  ASSERT_EQ(sched_getaffinity(0, sizeof(usable), &usable), 0);
  std::vector<int> processors;
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(static_cast<std::size_t>(i), &usable)) processors.push_back(i);
  }
  SchedulerOptions options;
  options.executors = 1;
  options.affinity = {{processors.back()}};
  Scheduler scheduler(options);
  std::vector<int> found;
  auto record = std::make_shared<JobRecord>();
  const auto body = [&found]() -> Status {
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof(set), &set);
    for (int i = 0; i < CPU_SETSIZE; ++i) {
      if (CPU_ISSET(static_cast<std::size_t>(i), &set)) found.push_back(i);
    }
    return {};
  };
  const auto instance = test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 1);
  ASSERT_TRUE(test::Submit(scheduler, std::make_unique<FakeJob>(record, instance, body)).ok());
  WaitFor(*record);
  EXPECT_EQ(found, (std::vector<int>{processors.back()}));
  cpu_set_t after;
  sched_getaffinity(0, sizeof(after), &after);
  EXPECT_TRUE(CPU_EQUAL(&usable, &after)) << "the thread that makes them stays where it was";
}

TEST(SchedulerOptionsTest, UsesTheProcessorsThatItMay) {
  Scheduler scheduler(SchedulerOptions{});
  EXPECT_GE(scheduler.stats().executors, 1);
  EXPECT_EQ(scheduler.pools().size(), static_cast<std::size_t>(scheduler.stats().executors));
}

TEST(SchedulerOptionsTest, GivesEachExecutorItsPool) {
  SchedulerOptions options;
  options.executors = 2;
  options.threads_per_executor = 2;
  Scheduler scheduler(options);
  ASSERT_EQ(scheduler.pools().size(), 2u);
  EXPECT_NE(scheduler.pools()[0], nullptr);
  EXPECT_NE(scheduler.pools()[0], scheduler.pools()[1]);
}

}  // namespace
}  // namespace tfld::daemon
