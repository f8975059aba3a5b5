// Batch: jobs of one version and class that an executor runs as one inference.
//
// One of them cannot spoil it for the others: a job that does not load leaves its row zero, and when the run of all
// fails, each runs alone and gets an answer of its own.
//
// Thread rule: the executor's. Allocates nothing once it has been as large as it gets.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "daemon/scheduler/job.h"
#include "engine/base/status.h"

namespace tfld::daemon {

class Policy;
struct Turn;

class Batch {
 public:
  using Clock = std::function<SteadyTime()>;

  // A job that was popped, and those that are to run with it, if there are some; see Policy::PopMates. Under the
  // policy's lock.
  void Take(Job& leader, Policy& policy, int idle, Turn& turn);

  std::size_t size() const { return jobs_.size(); }
  std::span<Job* const> jobs() const { return jobs_; }
  const Job& leader() const { return *jobs_[0]; }
  // As estimated: by what jobs of the version have cost in batches; before there was one, as if each ran alone.
  std::chrono::nanoseconds cost() const;

  // Runs all that still may, in the session of the slot that has a row for each; size() is more than 1. `observer` is
  // told of the steps; null for none. False when that failed and they ran one by one.
  bool Run(int slot, engine::StepObserver* observer, SteadyTime started, const Clock& clock);
  // The last that is done with the jobs. size() stays.
  void EndAll(SteadyTime now);

 private:
  void LoadAll(engine::Session& session);
  void RunOneByOne(engine::Session& session, engine::StepObserver* observer, const Clock& clock);

  std::vector<Job*> jobs_;
  std::vector<Status> statuses_;  // of each
};

}  // namespace tfld::daemon
