// SchedulerTest: jobs of one model that do what the test says, on a scheduler that the test makes.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <latch>
#include <memory>
#include <utility>

#include "daemon/scheduler/scheduler.h"
#include "tests/daemon/scheduler/echo_model.h"
#include "tests/daemon/scheduler/fake_job.h"

namespace tfld::daemon {

inline SchedulerOptions Options(int executors, std::size_t capacity = 16) {
  SchedulerOptions options;
  options.executors = executors;
  options.queue_capacity = capacity;
  return options;
}

class SchedulerTest : public testing::Test {
 protected:
  std::shared_ptr<test::JobRecord> Submit(Scheduler& scheduler, std::function<Status()> body = {},
                                          SteadyTime deadline = SteadyTime::max()) {
    auto record = std::make_shared<test::JobRecord>();
    auto job = std::make_unique<test::FakeJob>(record, instance_, std::move(body));
    job->deadline = deadline;
    last_status_ = test::Submit(scheduler, std::move(job));
    return record;
  }

  // Keeps an executor busy until the latch is released; returns once it is.
  std::shared_ptr<test::JobRecord> Occupy(Scheduler& scheduler, std::latch& release) {
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

}  // namespace tfld::daemon
