// Descriptors that executors wait on.
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <latch>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "tests/daemon/scheduler/echo_model.h"
#include "tests/daemon/scheduler/fake_job.h"

namespace tfld::daemon {
namespace {

using test::FakeJob;
using test::JobRecord;

class Doorbell {
 public:
  ~Doorbell() { close(descriptor); }
  void Ring() const {
    const std::uint64_t one = 1;
    ASSERT_EQ(write(descriptor, &one, sizeof(one)), ssize_t{sizeof(one)});
  }
  const int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
};

class FakeSource : public JobSource {
 public:
  explicit FakeSource(std::function<void()> body) : body_(std::move(body)) {}
  void OnReady() override {
    EXPECT_EQ(inside_.fetch_add(1), 0) << "two at once";
    body_();
    inside_.fetch_sub(1);
    calls.fetch_add(1);
    calls.notify_all();
  }
  void WaitForCalls(int count) {
    for (int now = calls; now < count; now = calls) calls.wait(now);
  }
  std::atomic<int> calls{0};

 private:
  std::function<void()> body_;
  std::atomic<int> inside_{0};
};

class JobSourceTest : public testing::Test {
 protected:
  static SchedulerOptions Options(int executors, int spin_us) {
    SchedulerOptions options;
    options.executors = executors;
    options.spin = std::chrono::microseconds(spin_us);
    return options;
  }

  std::shared_ptr<ModelInstance> instance_ = test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 4);
  Doorbell bell_;
};

TEST_F(JobSourceTest, ADoorbellNeedsNoRead) {
  for (const int spin_us : {0, 20}) {
    Scheduler scheduler(Options(2, spin_us));
    const auto source = std::make_shared<FakeSource>([] {});
    ASSERT_TRUE(scheduler.Watch(bell_.descriptor, source).ok());
    const int first = spin_us == 0 ? 0 : 1;  // it is readable from the round before
    source->WaitForCalls(first);
    for (int i = 1; i <= 100; ++i) {
      bell_.Ring();
      source->WaitForCalls(first + i);
    }
    scheduler.Unwatch(bell_.descriptor);
  }
}

TEST_F(JobSourceTest, WhatASourceSubmitsRuns) {
  Scheduler scheduler(Options(1, 20));
  for (int i = 0; i < 50; ++i) {
    auto record = std::make_shared<JobRecord>();
    const auto source = std::make_shared<FakeSource>(
        [&, record] { EXPECT_TRUE(test::Submit(scheduler, std::make_unique<FakeJob>(record, instance_)).ok()); });
    Doorbell bell;
    ASSERT_TRUE(scheduler.Watch(bell.descriptor, source).ok());
    bell.Ring();
    EXPECT_EQ(WaitFor(*record), StatusCode::kOk);
    scheduler.Unwatch(bell.descriptor);
  }
}

TEST_F(JobSourceTest, SeveralJobsOfOneSourceUseSeveralExecutors) {
  Scheduler scheduler(Options(3, 0));
  std::latch together(3);
  std::vector<std::shared_ptr<JobRecord>> records;
  for (int i = 0; i < 3; ++i) records.push_back(std::make_shared<JobRecord>());
  const auto source = std::make_shared<FakeSource>([&] {
    for (const auto& record : records) {
      auto job = std::make_unique<FakeJob>(record, instance_, [&]() -> Status {
        together.arrive_and_wait();
        return {};
      });
      EXPECT_TRUE(test::Submit(scheduler, std::move(job)).ok());
    }
  });
  ASSERT_TRUE(scheduler.Watch(bell_.descriptor, source).ok());
  bell_.Ring();
  for (const auto& record : records) EXPECT_EQ(WaitFor(*record), StatusCode::kOk);
  scheduler.Unwatch(bell_.descriptor);
}

TEST_F(JobSourceTest, IsHeardBetweenJobsOfABusyExecutor) {
  Scheduler scheduler(Options(1, 0));
  const auto source = std::make_shared<FakeSource>([] {});
  ASSERT_TRUE(scheduler.Watch(bell_.descriptor, source).ok());
  std::latch started(1), release(1);
  auto blocker = std::make_shared<JobRecord>();
  ASSERT_TRUE(test::Submit(scheduler, std::make_unique<FakeJob>(blocker, instance_,
                                                                [&]() -> Status {
                                                                  started.count_down();
                                                                  release.wait();
                                                                  return {};
                                                                }))
                  .ok());
  started.wait();
  bell_.Ring();
  int calls_before_next = -1;
  auto next = std::make_shared<JobRecord>();
  ASSERT_TRUE(test::Submit(scheduler, std::make_unique<FakeJob>(next, instance_,
                                                                [&]() -> Status {
                                                                  calls_before_next = source->calls;
                                                                  return {};
                                                                }))
                  .ok());
  release.count_down();
  WaitFor(*next);
  EXPECT_EQ(calls_before_next, 1);
  scheduler.Unwatch(bell_.descriptor);
}

TEST_F(JobSourceTest, ALongJobLeavesSomebodyListening) {
  Scheduler scheduler(Options(2, 0));
  const auto source = std::make_shared<FakeSource>([] {});
  ASSERT_TRUE(scheduler.Watch(bell_.descriptor, source).ok());
  for (int round = 0; round < 20; ++round) {
    std::latch release(1);
    auto record = std::make_shared<JobRecord>();
    ASSERT_TRUE(test::Submit(scheduler, std::make_unique<FakeJob>(record, instance_,
                                                                  [&]() -> Status {
                                                                    release.wait();
                                                                    return {};
                                                                  }))
                    .ok());
    // The executor that is left finds the bell at once, or when the next job is submitted.
    bell_.Ring();
    auto other = std::make_shared<JobRecord>();
    ASSERT_TRUE(test::Submit(scheduler, std::make_unique<FakeJob>(other, instance_)).ok());
    source->WaitForCalls(round + 1);
    WaitFor(*other);
    release.count_down();
    WaitFor(*record);
  }
  scheduler.Unwatch(bell_.descriptor);
}

// Jobs that each ring for the next while they run. One that was asked for after the last answer, as a single client's
// is, leaves the other executor asleep, however soon it was found; one that was asked for before is work for two.
TEST_F(JobSourceTest, OnlyWhatCameMeanwhileWakesAnother) {
  const auto threads_of = [this](int jobs, SteadyTime posted, std::chrono::microseconds time) {
    auto record = std::make_shared<JobRecord>();
    std::set<std::thread::id> threads;
    std::mutex mutex;
    std::atomic<int> left = jobs;
    Scheduler scheduler(Options(2, 0));
    const auto source = std::make_shared<FakeSource>([&] {
      if (left <= 0) return;
      const auto body = [&]() -> Status {
        const std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
        --left;
        bell_.Ring();
        std::this_thread::sleep_for(time);
        return {};
      };
      auto job = std::make_unique<FakeJob>(left > 1 ? std::make_shared<JobRecord>() : record, instance_, body);
      job->posted = posted;
      EXPECT_TRUE(test::Submit(scheduler, std::move(job)).ok());
    });
    EXPECT_TRUE(scheduler.Watch(bell_.descriptor, source).ok());
    bell_.Ring();
    WaitFor(*record);
    scheduler.Unwatch(bell_.descriptor);
    return threads.size();
  };
  threads_of(50, SteadyTime::max(), {});  // so that it is known what a job costs
  std::size_t least = 2;
  for (int round = 0; round < 10 && least > 1; ++round) {  // where the machine is busy a job may seem to be a large one
    least = threads_of(50, SteadyTime::max(), {});
  }
  EXPECT_EQ(least, 1u);
  EXPECT_EQ(threads_of(200, SteadyTime(), std::chrono::microseconds(100)), 2u);
}

TEST_F(JobSourceTest, UnwatchWaitsForTheCallThatRuns) {
  Scheduler scheduler(Options(2, 0));
  std::latch inside(1);
  std::atomic<bool> left = false;
  const auto source = std::make_shared<FakeSource>([&] {
    inside.count_down();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    left = true;
  });
  ASSERT_TRUE(scheduler.Watch(bell_.descriptor, source).ok());
  bell_.Ring();
  inside.wait();
  scheduler.Unwatch(bell_.descriptor);
  EXPECT_TRUE(left);
  bell_.Ring();
  EXPECT_EQ(source->calls, 1);
}

TEST_F(JobSourceTest, ASourceMayUnwatchItself) {
  Scheduler scheduler(Options(2, 0));
  auto source = std::make_shared<FakeSource>([&] { scheduler.Unwatch(bell_.descriptor); });
  const std::weak_ptr<FakeSource> alive = source;
  ASSERT_TRUE(scheduler.Watch(bell_.descriptor, source).ok());
  bell_.Ring();
  source->WaitForCalls(1);
  source.reset();
  scheduler.Stop(SteadyTime{});
  EXPECT_TRUE(alive.expired());
}

TEST_F(JobSourceTest, RefusesWhatCannotBeWatched) {
  Scheduler scheduler(Options(1, 0));
  const auto source = std::make_shared<FakeSource>([] {});
  ASSERT_TRUE(scheduler.Watch(bell_.descriptor, source).ok());
  EXPECT_EQ(scheduler.Watch(bell_.descriptor, source).code(), StatusCode::kAlreadyExists);
  EXPECT_FALSE(scheduler.Watch(-1, source).ok());
  scheduler.Unwatch(bell_.descriptor);
  scheduler.Unwatch(bell_.descriptor);
  EXPECT_TRUE(scheduler.Watch(bell_.descriptor, source).ok());
  scheduler.Unwatch(bell_.descriptor);
}

TEST_F(JobSourceTest, NothingIsLostWhenSourcesComeAndGo) {
  constexpr int kThreads = 3, kRounds = 300;
  Scheduler scheduler(Options(3, 20));
  std::vector<std::thread> threads;
  std::atomic<int> ended{0};
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        Doorbell bell;
        auto record = std::make_shared<JobRecord>();
        std::atomic<bool> submitted = false;
        const auto source = std::make_shared<FakeSource>([&, record] {
          if (submitted.exchange(true)) return;
          EXPECT_TRUE(test::Submit(scheduler, std::make_unique<FakeJob>(record, instance_)).ok());
        });
        ASSERT_TRUE(scheduler.Watch(bell.descriptor, source).ok());
        bell.Ring();
        if (round % 3 != 0) {
          WaitFor(*record);
          bell.Ring();
        }
        scheduler.Unwatch(bell.descriptor);
        if (submitted) ended += WaitFor(*record) == StatusCode::kOk ? 1 : 0;
        if (!submitted) ++ended;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ended, kThreads * kRounds);
}

}  // namespace
}  // namespace tfld::daemon
