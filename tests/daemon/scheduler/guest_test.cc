// Jobs that the submitting thread runs itself.
#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <thread>

#include "daemon/scheduler/scheduler.h"
#include "tests/daemon/scheduler/echo_model.h"
#include "tests/daemon/scheduler/fake_job.h"

namespace tfld::daemon {
namespace {

using test::FakeJob;
using test::JobRecord;

class GuestTest : public testing::Test {
 protected:
  struct Ran {
    std::shared_ptr<JobRecord> record = std::make_shared<JobRecord>();
    std::thread::id thread;
  };

  Ran Run(Status (Scheduler::*submit)(Job&), SteadyTime deadline = SteadyTime::max()) {
    Ran ran;
    auto* job = new FakeJob(ran.record, instance_, [&ran]() -> Status {
      ran.thread = std::this_thread::get_id();
      return {};
    });
    job->deadline = deadline;
    job->may_batch = planned_shapes_;
    const Status status = (scheduler_.*submit)(*job);
    EXPECT_TRUE(status.ok()) << status.ToString();
    WaitFor(*ran.record);
    return ran;
  }
  // The cost that an inference is believed to have from now on.
  void Believe(std::chrono::microseconds cost) {
    for (int i = 0; i < 200; ++i) instance_->cost().Add(cost);
  }
  static SchedulerOptions Options() {
    SchedulerOptions options;
    options.executors = 1;
    options.preemption = false;
    return options;
  }

  std::shared_ptr<ModelInstance> instance_ =
      test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 1, {.guest = true});
  Scheduler scheduler_{Options()};
  bool planned_shapes_ = true;  // of the jobs' inputs
};

TEST_F(GuestTest, ASmallJobRunsOnTheCallingThread) {
  Believe(std::chrono::microseconds(5));
  const Ran ran = Run(&Scheduler::SubmitOrRun);
  EXPECT_EQ(ran.thread, std::this_thread::get_id());
  EXPECT_EQ(ran.record->code, StatusCode::kOk);
  EXPECT_LE(ran.record->times.queued, ran.record->times.started);
  EXPECT_LE(ran.record->times.started, ran.record->times.finished);
  EXPECT_EQ(scheduler_.stats().finished, 1U);
  EXPECT_EQ(scheduler_.stats().busy, 0);
  EXPECT_FALSE(instance_->load().guest);
}

TEST_F(GuestTest, OnlyWhereItIsAskedFor) {
  Believe(std::chrono::microseconds(5));
  EXPECT_NE(Run(&Scheduler::Submit).thread, std::this_thread::get_id());
}

// It may be large, whatever those before it were.
TEST_F(GuestTest, AJobOfOtherShapesGoesToAnExecutor) {
  Believe(std::chrono::microseconds(5));
  planned_shapes_ = false;
  EXPECT_NE(Run(&Scheduler::SubmitOrRun).thread, std::this_thread::get_id());
}

TEST_F(GuestTest, AJobOfUnknownCostGoesToAnExecutor) {
  EXPECT_NE(Run(&Scheduler::SubmitOrRun).thread, std::this_thread::get_id());
}

TEST_F(GuestTest, ALargeJobGoesToAnExecutor) {
  Believe(std::chrono::milliseconds(5));
  EXPECT_NE(Run(&Scheduler::SubmitOrRun).thread, std::this_thread::get_id());
}

TEST_F(GuestTest, AVersionWithoutASessionForGuestsGoesToAnExecutor) {
  instance_ = test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 1);
  Believe(std::chrono::microseconds(5));
  EXPECT_NE(Run(&Scheduler::SubmitOrRun).thread, std::this_thread::get_id());
}

TEST_F(GuestTest, WhereAllExecutorsAreBusyItWaitsForItsTurn) {
  std::latch started(1), release(1);
  auto busy = std::make_shared<JobRecord>();
  const auto occupy = [&]() -> Status {
    started.count_down();
    release.wait();
    return {};
  };
  ASSERT_TRUE(scheduler_.Submit(*new FakeJob(busy, instance_, occupy)).ok());
  started.wait();
  Believe(std::chrono::microseconds(5));
  auto record = std::make_shared<JobRecord>();
  std::thread::id thread;
  const auto note_thread = [&]() -> Status {
    thread = std::this_thread::get_id();
    return {};
  };
  ASSERT_TRUE(scheduler_.SubmitOrRun(*new FakeJob(record, instance_, note_thread)).ok());
  EXPECT_EQ(record->runs, 0);
  release.count_down();
  WaitFor(*record);
  EXPECT_NE(thread, std::this_thread::get_id());
  WaitFor(*busy);
}

TEST_F(GuestTest, ALateOrCancelledJobDoesNotRun) {
  Believe(std::chrono::microseconds(5));
  auto record = std::make_shared<JobRecord>();
  record->cancelled = true;
  ASSERT_TRUE(scheduler_.SubmitOrRun(*new FakeJob(record, instance_)).ok());
  EXPECT_EQ(WaitFor(*record), StatusCode::kCancelled);
  EXPECT_EQ(record->runs, 0);
}

}  // namespace
}  // namespace tfld::daemon
