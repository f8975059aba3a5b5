// Critical jobs that run in the middle of lower ones.
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <latch>
#include <thread>
#include <vector>

#include "tests/daemon/scheduler/echo_model.h"
#include "tests/daemon/scheduler/fake_job.h"
#include "tests/support/long_convolution.h"

namespace tfld::daemon {
namespace {

using std::chrono::milliseconds;
using test::JobRecord;

constexpr auto kTensor = engine::ElementType::kFloat32;

// Sees its session. Owned by the test.
class SessionJob : public Job {
 public:
  using Body = std::function<Status(engine::Session&)>;
  SessionJob(std::shared_ptr<ModelInstance> model, PriorityClass its_priority, Body body) : body_(std::move(body)) {
    instance = std::move(model);
    priority = its_priority;
  }
  bool cancelled() const override { return false; }
  Status Run(engine::Session& session, JobTimes&) override {
    used = &session;
    thread = std::this_thread::get_id();
    started.store(true);
    started.notify_all();
    return body_(session);
  }
  void Finish(const Status& status, const JobTimes&) override {
    code = status.code();
    finished.store(true);
    finished.notify_all();
  }

  std::atomic<bool> started{false}, finished{false};
  StatusCode code = StatusCode::kUnknown;
  engine::Session* used = nullptr;
  std::thread::id thread;

 private:
  Body body_;
};

class PreemptionTest : public testing::Test {
 protected:
  static SchedulerOptions Options(int executors) {
    SchedulerOptions options;
    options.executors = executors;
    options.spin = std::chrono::microseconds(0);
    return options;
  }
  static std::shared_ptr<ModelInstance> NewInstance(int levels) {
    return test::EchoInstance({{kTensor, {1, 4}}, {kTensor, {2, 2}}, {kTensor, {4}}}, 4, {.levels = levels});
  }
  // Runs the model again and again until `enough`.
  static SessionJob::Body RunUntil(const std::atomic<bool>& enough) {
    return [&enough](engine::Session& session) -> Status {
      while (!enough) TFLD_RETURN_IF_ERROR(session.Run());
      return session.Run();
    };
  }
  static Status RunOnce(engine::Session& session) { return session.Run(); }

  const std::shared_ptr<ModelInstance> instance_ = NewInstance(2);
};

TEST_F(PreemptionTest, ACriticalJobRunsInTheMiddleOfALowerOne) {
  for (const PriorityClass lower : {PriorityClass::kNormal, PriorityClass::kBackground}) {
    Scheduler scheduler(Options(1));
    SessionJob critical(instance_, PriorityClass::kCritical, RunOnce);
    SessionJob outer(instance_, lower, RunUntil(critical.finished));
    ASSERT_TRUE(scheduler.Submit(outer).ok());
    outer.started.wait(false);
    ASSERT_TRUE(scheduler.Submit(critical).ok());
    outer.finished.wait(false);
    EXPECT_TRUE(critical.finished);
    EXPECT_EQ(critical.code, StatusCode::kOk);
    EXPECT_EQ(outer.code, StatusCode::kOk);
    EXPECT_EQ(critical.thread, outer.thread);
    EXPECT_NE(critical.used, outer.used);
    EXPECT_EQ(scheduler.stats().preemptions, 1u);
  }
}

// The model has one step, and what comes before that is not what is tried: the critical job is submitted while it runs.
// That operators are interrupted begins with a first preemption at the border of two.
TEST_F(PreemptionTest, ACriticalJobRunsInTheMiddleOfALongOperator) {
  const auto large = test::InstanceOf(test::LongConvolution(), 1, {.levels = 2}, engine::Backend::kCpu);
  Scheduler scheduler(Options(1));
  {
    SessionJob critical(instance_, PriorityClass::kCritical, RunOnce);
    SessionJob outer(instance_, PriorityClass::kNormal, RunUntil(critical.finished));
    ASSERT_TRUE(scheduler.Submit(outer).ok());
    outer.started.wait(false);
    ASSERT_TRUE(scheduler.Submit(critical).ok());
    outer.finished.wait(false);
  }
  for (int attempt = 0; attempt < 1000 && scheduler.stats().preemptions == 1; ++attempt) {
    SessionJob outer(large, PriorityClass::kNormal, RunOnce);
    SessionJob critical(instance_, PriorityClass::kCritical, RunOnce);
    ASSERT_TRUE(scheduler.Submit(outer).ok());
    outer.started.wait(false);
    std::this_thread::sleep_for(std::chrono::microseconds(50));
    ASSERT_TRUE(scheduler.Submit(critical).ok());
    outer.finished.wait(false);
    critical.finished.wait(false);
  }
  EXPECT_GT(scheduler.stats().preemptions, 1u);
}

TEST_F(PreemptionTest, NothingElsePreempts) {
  Scheduler scheduler(Options(1));
  std::atomic<bool> enough = false;
  SessionJob outer(instance_, PriorityClass::kBackground, RunUntil(enough));
  ASSERT_TRUE(scheduler.Submit(outer).ok());
  outer.started.wait(false);
  SessionJob normal(instance_, PriorityClass::kNormal, RunOnce);
  ASSERT_TRUE(scheduler.Submit(normal).ok());
  SessionJob critical(instance_, PriorityClass::kCritical, RunUntil(enough));
  ASSERT_TRUE(scheduler.Submit(critical).ok());
  critical.started.wait(false);
  // On the stack of the first; a second critical one does not interrupt it.
  SessionJob second(instance_, PriorityClass::kCritical, RunOnce);
  ASSERT_TRUE(scheduler.Submit(second).ok());
  EXPECT_EQ(scheduler.stats().queued, 2u);
  EXPECT_FALSE(second.started);
  enough = true;
  normal.finished.wait(false);
  EXPECT_TRUE(second.finished);
  EXPECT_TRUE(outer.finished);
}

TEST_F(PreemptionTest, ItCanBeOff) {
  SchedulerOptions options = Options(1);
  options.preemption = false;
  Scheduler scheduler(options);
  EXPECT_EQ(scheduler.levels(), 1);
  std::atomic<int> runs{0};
  SessionJob critical(instance_, PriorityClass::kCritical, RunOnce);
  SessionJob outer(instance_, PriorityClass::kNormal, [&](engine::Session& session) -> Status {
    while (scheduler.stats().queued == 0) std::this_thread::yield();
    for (runs = 0; runs < 100; ++runs) TFLD_RETURN_IF_ERROR(session.Run());
    EXPECT_FALSE(critical.started);
    return {};
  });
  ASSERT_TRUE(scheduler.Submit(outer).ok());
  outer.started.wait(false);
  ASSERT_TRUE(scheduler.Submit(critical).ok());
  critical.finished.wait(false);
  EXPECT_EQ(runs, 100);
  EXPECT_EQ(scheduler.stats().preemptions, 0u);
}

TEST_F(PreemptionTest, WithoutASessionForItACriticalJobWaits) {
  Scheduler scheduler(Options(1));
  SessionJob critical(NewInstance(1), PriorityClass::kCritical, RunOnce);
  SessionJob outer(instance_, PriorityClass::kNormal, [&](engine::Session& session) -> Status {
    while (scheduler.stats().queued == 0) std::this_thread::yield();
    for (int i = 0; i < 100; ++i) TFLD_RETURN_IF_ERROR(session.Run());
    EXPECT_FALSE(critical.started);
    return {};
  });
  ASSERT_TRUE(scheduler.Submit(outer).ok());
  outer.started.wait(false);
  ASSERT_TRUE(scheduler.Submit(critical).ok());
  critical.finished.wait(false);
  EXPECT_EQ(critical.code, StatusCode::kOk);
}

TEST_F(PreemptionTest, TheTimeOfACriticalJobIsNotThePreemptedOnes) {
  std::atomic<int> now_ms{100};
  SchedulerOptions options = Options(1);
  options.clock = [&now_ms] { return SteadyTime(milliseconds(now_ms)); };
  Scheduler scheduler(options);
  const auto quick = NewInstance(2);
  SessionJob critical(quick, PriorityClass::kCritical, [&](engine::Session& session) {
    now_ms += 50;
    return session.Run();
  });
  SessionJob outer(instance_, PriorityClass::kNormal, [&](engine::Session& session) -> Status {
    now_ms += 3;
    while (!critical.finished) TFLD_RETURN_IF_ERROR(session.Run());
    return {};
  });
  ASSERT_TRUE(scheduler.Submit(outer).ok());
  outer.started.wait(false);
  ASSERT_TRUE(scheduler.Submit(critical).ok());
  outer.finished.wait(false);
  EXPECT_EQ(instance_->cost().mean(), milliseconds(3));
  EXPECT_EQ(quick->cost().mean(), milliseconds(50));
}

TEST_F(PreemptionTest, ACriticalRequestOfAChannelIsSeenWhileAllAreBusy) {
  struct Source : JobSource {
    std::function<void()> body;
    void OnReady() override { body(); }
  };
  const int bell = eventfd(0, EFD_CLOEXEC);
  {
    Scheduler scheduler(Options(2));
    SessionJob critical(instance_, PriorityClass::kCritical, RunOnce);
    const auto source = std::make_shared<Source>();
    source->body = [&] { EXPECT_TRUE(scheduler.Submit(critical).ok()); };
    ASSERT_TRUE(scheduler.Watch(bell, source).ok());
    SessionJob first(instance_, PriorityClass::kNormal, RunUntil(critical.finished));
    SessionJob second(instance_, PriorityClass::kNormal, RunUntil(critical.finished));
    ASSERT_TRUE(scheduler.Submit(first).ok());
    ASSERT_TRUE(scheduler.Submit(second).ok());
    first.started.wait(false);
    second.started.wait(false);
    eventfd_write(bell, 1);
    first.finished.wait(false);
    second.finished.wait(false);
    EXPECT_EQ(critical.code, StatusCode::kOk);
    scheduler.Unwatch(bell);
  }
  close(bell);
}

TEST_F(PreemptionTest, TheTimeOfALookAtChannelsIsNotTheRunningJobs) {
  struct Source : JobSource {
    std::function<void()> body;
    void OnReady() override { body(); }
  };
  const int bell = eventfd(0, EFD_CLOEXEC);
  {
    std::atomic<int> now_ms{100};
    std::atomic<bool> looked = false;
    SchedulerOptions options = Options(1);
    options.clock = [&now_ms] { return SteadyTime(milliseconds(now_ms)); };
    Scheduler scheduler(options);
    const auto source = std::make_shared<Source>();
    source->body = [&] {
      now_ms += 50;
      looked = true;
    };
    ASSERT_TRUE(scheduler.Watch(bell, source).ok());
    SessionJob outer(instance_, PriorityClass::kNormal, [&](engine::Session& session) -> Status {
      now_ms += 3;
      eventfd_write(bell, 1);
      while (!looked) TFLD_RETURN_IF_ERROR(session.Run());
      return {};
    });
    ASSERT_TRUE(scheduler.Submit(outer).ok());
    outer.finished.wait(false);
    EXPECT_EQ(instance_->cost().mean(), milliseconds(3));
    scheduler.Unwatch(bell);
  }
  close(bell);
}

TEST_F(PreemptionTest, UnderStressEveryJobEndsOnceAndKeepsItsTensors) {
  Scheduler scheduler(Options(2));
  std::atomic<int> wrong{0};
  const auto echo = [&](float value) {
    return [&wrong, value](engine::Session& session) -> Status {
      const std::vector<float> input(4, value);
      TFLD_RETURN_IF_ERROR(session.SetInput(0, std::as_bytes(std::span(input))));
      for (int i = 0; i < 20; ++i) TFLD_RETURN_IF_ERROR(session.Run());
      if (session.Output(0).As<const float>()[3] != value) ++wrong;
      return {};
    };
  };
  std::vector<std::thread> clients;
  for (int client = 0; client < 3; ++client) {
    clients.emplace_back([&, client] {
      const auto priority = static_cast<PriorityClass>(client);
      for (int i = 0; i < 300; ++i) {
        SessionJob job(instance_, priority, echo(static_cast<float>(client * 1000 + i)));
        job.client.pid = client;
        ASSERT_TRUE(scheduler.Submit(job).ok());
        job.finished.wait(false);
        ASSERT_EQ(job.code, StatusCode::kOk);
        // Its last touch: the job may go now.
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace tfld::daemon
