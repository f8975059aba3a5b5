#include "daemon/scheduler/scheduler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "tests/daemon/scheduler/echo_model.h"
#include "tests/daemon/scheduler/fake_job.h"

namespace tfld::daemon {
namespace {

using std::chrono::seconds;
using test::FakeJob;
using test::JobRecord;

SchedulerOptions Options(int executors, std::size_t capacity = 16) {
  SchedulerOptions options;
  options.executors = executors;
  options.queue_capacity = capacity;
  return options;
}

class SchedulerTest : public testing::Test {
 protected:
  std::shared_ptr<JobRecord> Submit(Scheduler& scheduler, std::function<Status()> body = {},
                                    SteadyTime deadline = SteadyTime::max()) {
    auto record = std::make_shared<JobRecord>();
    auto job = std::make_unique<FakeJob>(record, instance_, std::move(body));
    job->deadline = deadline;
    last_status_ = test::Submit(scheduler, std::move(job));
    return record;
  }

  // Keeps an executor busy until the latch is released; returns once it is.
  std::shared_ptr<JobRecord> Occupy(Scheduler& scheduler, std::latch& release) {
    auto started = std::make_shared<std::latch>(1);
    auto record = Submit(scheduler, [&release, started]() -> Status {
      started->count_down();
      release.wait();
      return {};
    });
    started->wait();
    return record;
  }

  std::shared_ptr<ModelInstance> instance_ = test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 4);
  Status last_status_;
};

TEST_F(SchedulerTest, RunsAJobAndTellsTheOutcome) {
  Scheduler scheduler(Options(2));
  const auto good = Submit(scheduler);
  const auto bad = Submit(scheduler, [] { return InvalidArgument("no"); });
  EXPECT_EQ(WaitFor(*good), StatusCode::kOk);
  EXPECT_EQ(WaitFor(*bad), StatusCode::kInvalidArgument);
  EXPECT_LE(good->times.queued, good->times.started);
  EXPECT_LE(good->times.started, good->times.finished);
}

TEST_F(SchedulerTest, FirstComeFirstServed) {
  std::latch release(1);
  Scheduler scheduler(Options(1));
  Occupy(scheduler, release);
  std::vector<int> order;
  std::vector<std::shared_ptr<JobRecord>> records;
  records.reserve(8);
  for (int i = 0; i < 8; ++i) {
    records.push_back(Submit(scheduler, [&order, i]() -> Status {
      order.push_back(i);
      return {};
    }));
  }
  release.count_down();
  for (const auto& record : records) WaitFor(*record);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST_F(SchedulerTest, RefusesAboveItsCapacityAndLeavesTheJob) {
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

TEST_F(SchedulerTest, ACancelledJobNeverRuns) {
  std::latch release(1);
  Scheduler scheduler(Options(1));
  Occupy(scheduler, release);
  const auto record = Submit(scheduler);
  record->cancelled = true;
  release.count_down();
  EXPECT_EQ(WaitFor(*record), StatusCode::kCancelled);
  EXPECT_EQ(record->runs, 0);
  EXPECT_EQ(record->times.started, SteadyTime{});
}

TEST_F(SchedulerTest, AnExpiredJobNeverRuns) {
  std::atomic<int> now{100};
  SchedulerOptions options = Options(1);
  options.clock = [&now] { return SteadyTime(seconds(now)); };
  std::latch release(1);
  Scheduler scheduler(options);
  Occupy(scheduler, release);
  const auto expired = Submit(scheduler, {}, SteadyTime(seconds(105)));
  const auto in_time = Submit(scheduler, {}, SteadyTime(seconds(106)));
  now = 105;
  release.count_down();
  EXPECT_EQ(WaitFor(*expired), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(expired->runs, 0);
  EXPECT_EQ(WaitFor(*in_time), StatusCode::kOk);
  EXPECT_EQ(in_time->times.queued, SteadyTime(seconds(100)));
  EXPECT_EQ(in_time->times.started, SteadyTime(seconds(105)));
}

TEST_F(SchedulerTest, AFullQueueIsRidOfDeadJobsFirst) {
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

TEST_F(SchedulerTest, DrainsWhatIsQueued) {
  Scheduler scheduler(Options(2, 64));
  std::vector<std::shared_ptr<JobRecord>> records;
  records.reserve(64);
  for (int i = 0; i < 64; ++i) records.push_back(Submit(scheduler));
  scheduler.Stop(SteadyTime::max());
  for (const auto& record : records) EXPECT_EQ(record->code, StatusCode::kOk);
  Submit(scheduler);
  EXPECT_EQ(last_status_.code(), StatusCode::kUnavailable);
}

TEST_F(SchedulerTest, EndsTheRestWhenTheTimeToDrainIsOver) {
  std::latch release(1);
  Scheduler scheduler(Options(1));
  const auto running = Occupy(scheduler, release);
  const auto waiting = Submit(scheduler);
  std::thread stopper([&] { scheduler.Stop(SteadyTime{}); });
  EXPECT_EQ(WaitFor(*waiting), StatusCode::kUnavailable);
  EXPECT_EQ(waiting->runs, 0);
  EXPECT_EQ(running->finishes, 0);
  release.count_down();
  stopper.join();
  EXPECT_EQ(running->code, StatusCode::kOk);
}

TEST_F(SchedulerTest, EveryJobEndsExactlyOnceUnderStress) {
  constexpr int kClients = 4;
  constexpr int kJobs = 500;
  std::vector<std::shared_ptr<JobRecord>> taken[kClients];
  {
    Scheduler scheduler(Options(3, 8));
    std::vector<std::thread> clients;
    clients.reserve(kClients);
    for (int client = 0; client < kClients; ++client) {
      clients.emplace_back([&, client] {
        for (int i = 0; i < kJobs; ++i) {
          auto record = std::make_shared<JobRecord>();
          auto job = std::make_unique<FakeJob>(record, instance_);
          if (i % 7 == 0) job->deadline = SteadyTime(seconds(1));
          if (test::Submit(scheduler, std::move(job)).ok()) taken[client].push_back(record);
          if (i % 5 == 0) record->cancelled = true;
          if (i % 50 == 0) std::ignore = scheduler.stats();
        }
      });
    }
    for (std::thread& client : clients) client.join();
  }
  for (const auto& records : taken) {
    for (const auto& record : records) {
      EXPECT_EQ(record->finishes, 1);
      EXPECT_EQ(record->runs, record->code == StatusCode::kOk ? 1 : 0);
    }
  }
}

TEST(SchedulerOptionsTest, UsesTheProcessorsThatItMay) {
  Scheduler scheduler(SchedulerOptions{});
  EXPECT_GE(scheduler.stats().executors, 1);
  EXPECT_EQ(scheduler.pools().size(), static_cast<std::size_t>(scheduler.stats().executors));
}

TEST(SchedulerOptionsTest, GivesEachExecutorItsPool) {
  SchedulerOptions options = Options(2);
  options.threads_per_executor = 2;
  Scheduler scheduler(options);
  ASSERT_EQ(scheduler.pools().size(), 2u);
  EXPECT_NE(scheduler.pools()[0], nullptr);
  EXPECT_NE(scheduler.pools()[0], scheduler.pools()[1]);
}

}  // namespace
}  // namespace tfld::daemon
