#include "daemon/scheduler/scheduler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "tests/daemon/scheduler/echo_model.h"
#include "tests/daemon/scheduler/fake_job.h"
#include "tests/daemon/scheduler/scheduler_test.h"

namespace tfld::daemon {
namespace {

using std::chrono::seconds;
using test::FakeJob;
using test::JobRecord;

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

TEST_F(SchedulerTest, AJobMayBeUsedAgainAsSoonAsItHasFinished) {
  class Reused : public Job {
   public:
    bool cancelled() const override { return false; }
    Status Run(engine::Session& session, JobTimes&) override { return session.Run(); }
    void Finish(const Status&, const JobTimes&) override {
      ++finishes;
      finishes.notify_all();
    }
    std::atomic<int> finishes{0};
  };
  Scheduler scheduler(Options(2));
  Reused job;
  job.instance = instance_;
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_TRUE(scheduler.Submit(job).ok());
    job.finishes.wait(i);
  }
}

TEST_F(SchedulerTest, TellsSinceWhenTheOldestJobRuns) {
  std::atomic<int> now{100};
  SchedulerOptions options = Options(2);
  options.clock = [&now] { return SteadyTime(seconds(now)); };
  std::latch release(1);
  Scheduler scheduler(options);
  EXPECT_EQ(scheduler.stats().oldest_start, SteadyTime::max());
  const auto hangs = Occupy(scheduler, release);
  now = 105;
  WaitFor(*Submit(scheduler));
  EXPECT_EQ(scheduler.stats().oldest_start, SteadyTime(seconds(100)));
  release.count_down();
  WaitFor(*hangs);
  while (scheduler.stats().busy > 0) std::this_thread::yield();
  EXPECT_EQ(scheduler.stats().oldest_start, SteadyTime::max());
}

TEST_F(SchedulerTest, AJobIsNoOlderByWhatPreemptsIt) {
  std::atomic<int> now{100};
  SchedulerOptions options = Options(1);
  options.clock = [&now] { return SteadyTime(seconds(now)); };
  std::latch started(1);
  Scheduler scheduler(options);
  const auto instance = test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 1, {.levels = 2});
  const auto urgent = std::make_shared<JobRecord>(), outer = std::make_shared<JobRecord>();
  SteadyTime start{};
  const auto runs_on = [&]() -> Status {
    started.count_down();
    while (urgent->finishes == 0) TFLD_RETURN_IF_ERROR(instance->session(0).Run());
    start = scheduler.stats().oldest_start;
    return {};
  };
  ASSERT_TRUE(test::Submit(scheduler, std::make_unique<FakeJob>(outer, instance, runs_on)).ok());
  started.wait();
  auto job = std::make_unique<FakeJob>(urgent, instance, [&now]() -> Status {
    now += 50;
    return {};
  });
  job->priority = PriorityClass::kCritical;
  ASSERT_TRUE(test::Submit(scheduler, std::move(job)).ok());
  EXPECT_EQ(WaitFor(*outer), StatusCode::kOk);
  EXPECT_EQ(start, SteadyTime(seconds(150)));
}

TEST_F(SchedulerTest, ADeviceHasItsOwnQueue) {
  SchedulerOptions options = Options(1);
  options.devices = 1;
  Scheduler scheduler(options);
  ASSERT_EQ(scheduler.pools(1).size(), 1u);
  const auto on_device = test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 1, {.queue = 1});
  std::latch both(2);
  std::vector<std::thread::id> threads(2);
  std::vector<std::shared_ptr<JobRecord>> records;
  for (std::size_t i = 0; i < 2; ++i) {
    records.push_back(std::make_shared<JobRecord>());
    auto job = std::make_unique<FakeJob>(records.back(), i == 0 ? instance_ : on_device, [&, i]() -> Status {
      threads[i] = std::this_thread::get_id();
      both.arrive_and_wait();
      return {};
    });
    EXPECT_TRUE(test::Submit(scheduler, std::move(job)).ok());
  }
  for (const auto& record : records) EXPECT_EQ(WaitFor(*record), StatusCode::kOk);
  EXPECT_NE(threads[0], threads[1]);
  const auto nowhere = test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 1, {.queue = 2});
  EXPECT_EQ(test::Submit(scheduler, std::make_unique<FakeJob>(records[0], nowhere)).code(), StatusCode::kInternal);
}

}  // namespace
}  // namespace tfld::daemon
