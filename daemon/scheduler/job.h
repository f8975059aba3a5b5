// Job: one inference that waits for an executor.
#pragma once

#include <chrono>
#include <memory>

#include "daemon/scheduler/model_instance.h"
#include "engine/base/status.h"

namespace tfld::daemon {

using SteadyTime = std::chrono::steady_clock::time_point;

// When a job passed each stage; zero for a stage that it did not reach.
struct JobTimes {
  SteadyTime queued{};
  SteadyTime started{};
  SteadyTime input_done{};  // inputs are in the session
  SteadyTime infer_done{};
  SteadyTime finished{};
};

class Job {
 public:
  virtual ~Job() = default;

  // The version that the job runs on; the job's reference keeps it alive through a swap.
  std::shared_ptr<ModelInstance> instance;
  // A job that has not started by then does not run and ends with DEADLINE_EXCEEDED.
  SteadyTime deadline = SteadyTime::max();

  // Any thread. A job that is cancelled before it starts does not run and ends with CANCELLED.
  virtual bool cancelled() const = 0;

  // On an executor: fill the inputs, run, and read the outputs while they are valid. Sets input_done and infer_done.
  virtual Status Run(engine::Session& session, JobTimes& times) = 0;

  // Exactly once for every job that Submit took; then the job is destroyed. On an executor, on the stopping thread, or
  // on a thread that submits. Must not block, and must not submit another job.
  virtual void Finish(const Status& status, const JobTimes& times) = 0;
};

}  // namespace tfld::daemon
