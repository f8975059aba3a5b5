// Which jobs are taken.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "tests/daemon/scheduler/scheduler_test.h"

namespace tfld::daemon {
namespace {

using std::chrono::seconds;
using test::FakeJob;
using test::JobRecord;

class AdmissionTest : public SchedulerTest {};

TEST_F(AdmissionTest, RefusesAboveItsCapacityAndLeavesTheJob) {
  std::latch release(1);
  Scheduler scheduler(Options(1, 2));
  Occupy(scheduler, release);
  Submit(scheduler);
  Submit(scheduler);
  EXPECT_TRUE(last_status_.ok());
  const auto refused = Submit(scheduler);
  EXPECT_EQ(last_status_.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(refused->finishes, 0);
  EXPECT_EQ(scheduler.stats().queued, 2u);
  EXPECT_EQ(scheduler.stats().busy, 1);
  release.count_down();
}

TEST_F(AdmissionTest, AFullQueueIsRidOfDeadJobsFirst) {
  std::latch release(1);
  Scheduler scheduler(Options(1, 2));
  Occupy(scheduler, release);
  const auto cancelled = Submit(scheduler);
  const auto late = Submit(scheduler, {}, SteadyTime(seconds(1)));
  cancelled->cancelled = true;
  const auto fresh = Submit(scheduler);
  EXPECT_TRUE(last_status_.ok());
  EXPECT_EQ(cancelled->code, StatusCode::kCancelled);
  EXPECT_EQ(late->code, StatusCode::kDeadlineExceeded);
  release.count_down();
  EXPECT_EQ(WaitFor(*fresh), StatusCode::kOk);
}

// One client has a job for a version that is busy, and behind it one that could run; another's queue is full.
TEST_F(AdmissionTest, WhatDeadJobsHeldUpRunsAlsoWhenTheQueueIsStillFull) {
  SchedulerOptions options = Options(2);
  options.queue_per_client = 2;
  options.spin = std::chrono::microseconds(0);
  std::latch release(1), started(1);
  Scheduler scheduler(options);
  const auto busy = test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 2, {.max_concurrent = 1});
  std::vector<std::shared_ptr<JobRecord>> records;
  const auto submit = [&](std::int32_t pid, const std::shared_ptr<ModelInstance>& instance,
                          std::function<Status()> body = {}) {
    auto job = std::make_unique<FakeJob>(records.emplace_back(std::make_shared<JobRecord>()), instance, body);
    job->client.pid = pid;
    return test::Submit(scheduler, std::move(job)).code();
  };
  const auto blocks = [&]() -> Status {
    started.count_down();
    release.wait();
    return {};
  };
  EXPECT_EQ(submit(1, busy, blocks), StatusCode::kOk);
  started.wait();
  EXPECT_EQ(submit(2, busy), StatusCode::kOk);
  EXPECT_EQ(submit(2, instance_), StatusCode::kOk);
  EXPECT_EQ(submit(3, busy), StatusCode::kOk);
  EXPECT_EQ(submit(3, busy), StatusCode::kOk);
  std::this_thread::sleep_for(std::chrono::milliseconds(10));  // the other executor has looked at them, and sleeps
  records[1]->cancelled = true;
  EXPECT_EQ(submit(3, busy), StatusCode::kResourceExhausted);
  EXPECT_EQ(records[1]->code, StatusCode::kCancelled);
  EXPECT_EQ(WaitFor(*records[2]), StatusCode::kOk);
  release.count_down();
}

TEST_F(AdmissionTest, RefusesADeadlineThatTheMeasuredCostCannotMeet) {
  std::atomic<int> now{100};
  SchedulerOptions options = Options(1);
  options.clock = [&now] { return SteadyTime(seconds(now)); };
  Scheduler scheduler(options);
  const auto measured = Submit(scheduler, [&now]() -> Status {
    now += 10;
    return {};
  });
  WaitFor(*measured);
  const auto refused = Submit(scheduler, {}, SteadyTime(seconds(now + 9)));
  EXPECT_EQ(last_status_.code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(last_status_.message(),
            "the deadline cannot be met: an inference takes about 10000000 us, 0 requests are waiting");
  EXPECT_EQ(refused->finishes, 0);
  EXPECT_EQ(scheduler.stats().refused[static_cast<std::size_t>(Refusal::kDeadline)], 1u);
  std::latch release(1);
  Occupy(scheduler, release);
  Submit(scheduler, {}, SteadyTime(seconds(now + 15)));
  EXPECT_EQ(last_status_.code(), StatusCode::kDeadlineExceeded) << "the one that runs is in the way";
  const auto taken = Submit(scheduler, {}, SteadyTime(seconds(now + 21)));
  EXPECT_TRUE(last_status_.ok());
  release.count_down();
  EXPECT_EQ(WaitFor(*taken), StatusCode::kOk);
}

TEST_F(AdmissionTest, RefusesWhatIsOverTheUsersQuotaAndNamesTheLimit) {
  SchedulerOptions options = Options(1);
  options.quota.defaults.max_requests = 2;
  options.quota.users[7].max_bytes = 100;
  Scheduler scheduler(options);
  std::latch release(1);
  Occupy(scheduler, release);
  const auto second = Submit(scheduler);
  Submit(scheduler);
  EXPECT_EQ(last_status_.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(last_status_.message(), "the limit max_requests of user 0 is reached: 2 requests are in flight");
  auto large = std::make_unique<FakeJob>(std::make_shared<JobRecord>(), instance_);
  large->client.uid = 7;
  large->bytes = 101;
  EXPECT_EQ(test::Submit(scheduler, std::move(large)).message(),
            "the limit max_bytes of user 7 is reached: 100 bytes of requests in flight; this one has 101");
  EXPECT_EQ(scheduler.stats().refused[static_cast<std::size_t>(Refusal::kUserRequests)], 1u);
  release.count_down();
  WaitFor(*second);
  const auto again = Submit(scheduler);
  EXPECT_TRUE(last_status_.ok()) << "an answer is not given before its place is free";
  WaitFor(*again);
}

TEST_F(AdmissionTest, AClassThatTheUserMayNotHaveIsLowered) {
  SchedulerOptions options = Options(1);
  options.quota.defaults.max_priority = PriorityClass::kBackground;
  options.quota.users[7].max_priority = PriorityClass::kCritical;
  Scheduler scheduler(options);
  std::latch release(1);
  Occupy(scheduler, release);
  for (const std::uint32_t uid : {0u, 7u}) {
    auto job = std::make_unique<FakeJob>(std::make_shared<JobRecord>(), instance_);
    job->client.uid = uid;
    job->priority = PriorityClass::kCritical;
    EXPECT_TRUE(test::Submit(scheduler, std::move(job)).ok());
  }
  EXPECT_EQ(scheduler.stats().queued_by_class, (std::array<std::size_t, 3>{1, 0, 1}));
  release.count_down();
}

}  // namespace
}  // namespace tfld::daemon
