// SimulatedJob: a job that is never really run, and its model, for tests of the policy.
#pragma once

#include <chrono>
#include <memory>

#include "daemon/scheduler/job.h"
#include "tests/daemon/scheduler/echo_model.h"

namespace tfld::test {

class SimulatedJob : public daemon::Job {
 public:
  explicit SimulatedJob(std::shared_ptr<daemon::ModelInstance> model) { instance = std::move(model); }

  bool cancelled() const override { return is_cancelled; }
  Status Run(engine::Session&, daemon::JobTimes&) override { return {}; }
  void Finish(const Status&, const daemon::JobTimes&) override {}

  bool is_cancelled = false;
  std::chrono::nanoseconds real_cost{0};
  daemon::SteadyTime arrived{};
  int owner = 0;  // the test's own
};

inline std::shared_ptr<daemon::ModelInstance> AnyInstance() {
  return EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 1, {.levels = 2});
}

}  // namespace tfld::test
