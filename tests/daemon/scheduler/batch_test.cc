// Jobs of one version that run as one inference.
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <deque>
#include <latch>
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
    std::latch busy(1), enough(1);
    const auto record = std::make_shared<JobRecord>();
    auto blocker = std::make_unique<test::FakeJob>(record, blocking_, [&]() -> Status {
      busy.count_down();
      enough.wait();
      return {};
    });
    ASSERT_TRUE(test::Submit(scheduler_, std::move(blocker)).ok());
    busy.wait();
    for (LookUpJob& job : jobs) ASSERT_TRUE(scheduler_.Submit(job).ok());
    enough.count_down();
    for (LookUpJob& job : jobs) job.finished.wait(false);
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

TEST_F(BatchTest, WhatWaitsForOthersIsDrainedAtTheEnd) {
  const auto delayed = NewInstance(4, std::chrono::milliseconds(20));
  LookUpJob job(delayed, 7);
  ASSERT_TRUE(scheduler_.Submit(job).ok());
  scheduler_.Stop(std::chrono::steady_clock::now() + std::chrono::seconds(60));
  EXPECT_EQ(job.code, StatusCode::kOk);
}

}  // namespace
}  // namespace tfld::daemon
