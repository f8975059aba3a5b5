// Jobs of one version that run as one inference.
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <deque>
#include <functional>
#include <latch>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/scheduler/scheduler.h"
#include "tests/daemon/scheduler/echo_model.h"
#include "tests/daemon/scheduler/fake_job.h"

namespace tfld::daemon {
namespace {

using std::chrono::microseconds;
using test::JobRecord;

// Looks one number up.
class LookUpJob final : public Job {
 public:
  LookUpJob(std::shared_ptr<ModelInstance> model, std::int32_t index) : index_(index) {
    instance = std::move(model);
    may_batch = true;
  }
  bool cancelled() const override { return is_cancelled; }
  Status Load(const SessionRow& row) override {
    if (on_load) on_load(row);
    if (!loads) return InvalidArgument("it does not load");
    std::memcpy(row.Input(0).bytes.data(), &index_, sizeof(index_));
    return {};
  }
  Status Store(const SessionRow& row) override {
    EXPECT_EQ(row.Output(0).shape, engine::Shape({1, 1}));
    value = row.Output(0).As<const float>()[0];
    return {};
  }
  void Finish(const Status& status, const JobTimes& its_times) override {
    code = status.code();
    times = its_times;
    finished.store(true);
    finished.notify_all();
  }

  bool loads = true;
  std::function<void(const SessionRow&)> on_load;
  std::atomic<bool> is_cancelled{false}, finished{false};
  float value = -1;
  StatusCode code = StatusCode::kUnknown;
  JobTimes times;

 private:
  const std::int32_t index_;
};

class BatchTest : public testing::Test {
 protected:
  static std::shared_ptr<ModelInstance> NewInstance(int max_size, microseconds max_delay) {
    auto instance = test::InstanceOf(test::LookUpModel(), 1);
    EXPECT_TRUE(instance->EnableBatches({max_size, max_delay}, {nullptr}).ok());
    return instance;
  }
  static SchedulerOptions Options(int executors) {
    SchedulerOptions options;
    options.executors = executors;
    return options;
  }
  // Submits all while the executor is busy with something else, and waits for them.
  void RunTogether(std::deque<LookUpJob>& jobs) {
    StartTogether(scheduler_, jobs);
    for (LookUpJob& job : jobs) job.finished.wait(false);
  }
  void StartTogether(Scheduler& scheduler, std::deque<LookUpJob>& jobs) {
    std::latch busy(1), enough(1);
    const auto record = std::make_shared<JobRecord>();
    auto blocker = std::make_unique<test::FakeJob>(record, blocking_, [&]() -> Status {
      busy.count_down();
      enough.wait();
      return {};
    });
    ASSERT_TRUE(test::Submit(scheduler, std::move(blocker)).ok());
    busy.wait();
    for (LookUpJob& job : jobs) ASSERT_TRUE(scheduler.Submit(job).ok());
    enough.count_down();
    WaitFor(*record);
  }

  const std::shared_ptr<ModelInstance> blocking_ = test::InstanceOf(test::LookUpModel(), 1);
  const std::shared_ptr<ModelInstance> instance_ = NewInstance(4, microseconds(0));
  Scheduler scheduler_{Options(1)};
};

TEST_F(BatchTest, EachGetsItsOwnAnswer) {
  std::deque<LookUpJob> jobs;
  for (int i = 0; i < 7; ++i) jobs.emplace_back(instance_, 3 * i);
  RunTogether(jobs);
  const std::vector<int> sizes = {4, 4, 4, 4, 2, 2, 1};
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    EXPECT_EQ(jobs[i].code, StatusCode::kOk);
    EXPECT_EQ(jobs[i].value, 30.0F * static_cast<float>(i));
    EXPECT_EQ(jobs[i].times.batch_size, sizes[i]) << i;
    EXPECT_GE(jobs[i].times.started, jobs[i].times.queued);
    EXPECT_GE(jobs[i].times.input_done, jobs[i].times.started);
    EXPECT_GE(jobs[i].times.infer_done, jobs[i].times.input_done);
    EXPECT_GE(jobs[i].times.finished, jobs[i].times.infer_done);
  }
  EXPECT_EQ(jobs[0].times.infer_done, jobs[3].times.infer_done);
  EXPECT_EQ(scheduler_.stats().finished, 8u);
}

TEST_F(BatchTest, OneThatDoesNotLoadDoesNotSpoilIt) {
  std::deque<LookUpJob> jobs;
  for (int i = 0; i < 4; ++i) jobs.emplace_back(instance_, i);
  jobs[1].loads = false;
  RunTogether(jobs);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    EXPECT_EQ(jobs[i].code, i == 1 ? StatusCode::kInvalidArgument : StatusCode::kOk);
    EXPECT_EQ(jobs[i].value, i == 1 ? -1.0F : 10.0F * static_cast<float>(i));
    EXPECT_EQ(jobs[i].times.batch_size, 4);
  }
}

TEST_F(BatchTest, OneWhoseDataMakesTheRunFailDoesNotSpoilIt) {
  std::deque<LookUpJob> jobs;
  for (int i = 0; i < 4; ++i) jobs.emplace_back(instance_, i == 2 ? test::kLookUpSize : i);
  RunTogether(jobs);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    EXPECT_EQ(jobs[i].code == StatusCode::kOk, i != 2) << i;
    EXPECT_EQ(jobs[i].value, i == 2 ? -1.0F : 10.0F * static_cast<float>(i));
    EXPECT_EQ(jobs[i].times.batch_size, 1);
  }
}

TEST_F(BatchTest, OneThatIsCancelledMeanwhileDoesNotRun) {
  std::deque<LookUpJob> jobs;
  for (int i = 0; i < 2; ++i) jobs.emplace_back(instance_, i);
  jobs[1].is_cancelled = true;
  RunTogether(jobs);
  EXPECT_EQ(jobs[0].code, StatusCode::kOk);
  EXPECT_EQ(jobs[1].code, StatusCode::kCancelled);
  EXPECT_EQ(jobs[1].times.started, SteadyTime());
}

TEST_F(BatchTest, AfterABatchThatFailedOneThatIsCancelledDoesNotRun) {
  std::deque<LookUpJob> jobs;
  for (int i = 0; i < 4; ++i) jobs.emplace_back(instance_, i == 2 ? test::kLookUpSize : i);
  jobs[0].on_load = [&](const SessionRow& row) { jobs[3].is_cancelled = row.is_whole(); };
  RunTogether(jobs);
  EXPECT_EQ(jobs[0].code, StatusCode::kOk);
  EXPECT_EQ(jobs[3].code, StatusCode::kCancelled);
  EXPECT_EQ(jobs[3].times.started, SteadyTime());
}

TEST_F(BatchTest, AfterABatchThatFailedACriticalJobNeedNotWait) {
  LookUpJob critical(test::InstanceOf(test::LookUpModel(), 1, {.levels = 2}), 9);
  critical.priority = PriorityClass::kCritical;
  std::deque<LookUpJob> jobs;
  for (int i = 0; i < 4; ++i) jobs.emplace_back(instance_, i == 2 ? test::kLookUpSize : i);
  jobs[0].on_load = [&](const SessionRow& row) {
    if (!row.is_whole()) return;
    EXPECT_TRUE(scheduler_.Submit(critical).ok());
  };
  RunTogether(jobs);
  critical.finished.wait(false);
  EXPECT_EQ(critical.value, 90.0F);
  EXPECT_EQ(scheduler_.stats().preemptions, 1u);
  EXPECT_LE(critical.times.finished, jobs[1].times.started);
}

TEST_F(BatchTest, WhatABatchTakesIsLearnedForDeadlines) {
  using std::chrono::seconds;
  std::atomic<int> now{100};
  SchedulerOptions options = Options(1);
  options.clock = [&now] { return SteadyTime(seconds(now)); };
  Scheduler scheduler(options);
  const auto takes_8 = [&now](const SessionRow&) { now += 8; };
  LookUpJob alone(instance_, 1);
  alone.on_load = takes_8;
  ASSERT_TRUE(scheduler.Submit(alone).ok());
  alone.finished.wait(false);
  std::deque<LookUpJob> first, second;
  for (int i = 0; i < 4; ++i) {
    first.emplace_back(instance_, i);
    second.emplace_back(instance_, i);
  }
  first[0].on_load = takes_8;
  StartTogether(scheduler, first);
  for (LookUpJob& job : first) job.finished.wait(false);
  std::latch running(1), release(1);
  second[0].on_load = [&](const SessionRow&) {
    running.count_down();
    release.wait();
  };
  StartTogether(scheduler, second);
  running.wait();
  LookUpJob next(instance_, 5);  // 8 s for the batch and 8 s for itself
  next.deadline = SteadyTime(seconds(now + 15));
  EXPECT_EQ(scheduler.Submit(next).code(), StatusCode::kDeadlineExceeded);
  next.deadline = SteadyTime(seconds(now + 17));
  const Status taken = scheduler.Submit(next);
  EXPECT_TRUE(taken.ok()) << taken.ToString();
  release.count_down();
  for (LookUpJob& job : second) job.finished.wait(false);
  if (taken.ok()) next.finished.wait(false);
}

TEST_F(BatchTest, AJobThatWaitedInVainRunsAlone) {
  const auto delayed = NewInstance(4, microseconds(300));
  LookUpJob job(delayed, 7);
  ASSERT_TRUE(scheduler_.Submit(job).ok());
  job.finished.wait(false);
  EXPECT_EQ(job.value, 70.0F);
  EXPECT_EQ(job.times.batch_size, 1);
  EXPECT_GE(job.times.started - job.times.queued, microseconds(300));
}

TEST_F(BatchTest, WithTwoExecutorsAnIdleOneComesInTimeForAJobThatWaits) {
  Scheduler scheduler(Options(2));
  auto delayed = test::InstanceOf(test::LookUpModel(), 2);
  ASSERT_TRUE(delayed->EnableBatches({4, microseconds(200)}, {nullptr, nullptr}).ok());
  for (int round = 0; round < 200; ++round) {
    LookUpJob first(delayed, 1), second(delayed, 2);
    ASSERT_TRUE(scheduler.Submit(first).ok());
    if (round % 2 == 0) {
      ASSERT_TRUE(scheduler.Submit(second).ok());
      second.finished.wait(false);
      EXPECT_EQ(second.value, 20.0F);
    }
    first.finished.wait(false);
    EXPECT_EQ(first.value, 10.0F);
  }
}

// An executor gets both by a bell that rings as its job ends, lays one aside until it is due, and is busy with the
// other for as long as that one takes: an executor that slept before either came is to see to it.
TEST_F(BatchTest, WhatIsHeldIsSeenToWhileAnotherJobTakesLong) {
  struct Source : JobSource {
    std::mutex mutex;  // a bell that was rung once may be seen again, at any time
    std::function<void()> body;
    void OnReady() override {
      std::unique_lock lock(mutex);
      const std::function<void()> once = std::exchange(body, {});
      lock.unlock();
      if (once) once();
    }
    void Set(std::function<void()> next) {
      const std::lock_guard lock(mutex);
      body = std::move(next);
    }
  };
  const int bell = eventfd(0, EFD_CLOEXEC);
  auto delayed = test::InstanceOf(test::LookUpModel(), 3);
  ASSERT_TRUE(delayed->EnableBatches({4, microseconds(200)}, {nullptr, nullptr, nullptr}).ok());
  const auto other = test::InstanceOf(test::LookUpModel(), 3);
  SchedulerOptions options = Options(3);
  options.spin = microseconds(0);
  Scheduler scheduler(options);
  const auto source = std::make_shared<Source>();
  ASSERT_TRUE(scheduler.Watch(bell, source).ok());
  for (int round = 0; round < 20; ++round) {
    LookUpJob held(delayed, 1);
    const auto record = std::make_shared<JobRecord>();
    auto long_job = std::make_unique<test::FakeJob>(record, other, [&held]() -> Status {
      for (int i = 0; i < 5'000 && !held.finished; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      return held.finished ? Status() : Internal("what was held waits for this one");
    });
    long_job->client.pid = 1;
    source->Set([&] {
      EXPECT_TRUE(scheduler.Submit(held).ok());
      EXPECT_TRUE(test::Submit(scheduler, std::move(long_job)).ok());
    });
    auto rings = std::make_unique<test::FakeJob>(std::make_shared<JobRecord>(), other, [bell]() -> Status {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));  // the others sleep by then
      eventfd_write(bell, 1);
      return {};
    });
    rings->client.pid = 2;
    ASSERT_TRUE(test::Submit(scheduler, std::move(rings)).ok());
    held.finished.wait(false);
    EXPECT_EQ(WaitFor(*record), StatusCode::kOk) << round;
  }
  scheduler.Unwatch(bell);
  close(bell);
}

TEST_F(BatchTest, WhatWaitsForOthersIsDrainedAtTheEnd) {
  const auto delayed = NewInstance(4, std::chrono::milliseconds(20));
  LookUpJob job(delayed, 7);
  ASSERT_TRUE(scheduler_.Submit(job).ok());
  scheduler_.Stop(std::chrono::steady_clock::now() + std::chrono::seconds(60));
  EXPECT_EQ(job.code, StatusCode::kOk);
}

}  // namespace
}  // namespace tfld::daemon
