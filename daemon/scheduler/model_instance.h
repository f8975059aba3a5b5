// ModelInstance: one model version ready to run, with a session for each executor slot, so that a request never waits
// for memory and never allocates any.
//
// Thread rule: immutable once it serves, but for the sessions, the load and the costs. session(i, ...) is used only by
// executor i of the instance's queue, while it runs a job; load() belongs to the scheduler's lock; the costs have their
// own rule.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include "daemon/scheduler/cost_estimate.h"
#include "engine/base/result.h"
#include "tfld/engine.h"

namespace tfld::daemon {

class BatchSessions;
class Job;
class VersionCounters;
struct Flow;

struct InstanceOptions {
  int queue = 0;           // of the scheduler, whose executors run it: 0 is the processors', the others are devices
  int levels = 1;          // sessions of each slot; a second one lets a job preempt another of the same version
  int max_concurrent = 0;  // executors that it may occupy at the same time; 0: all
  bool guest = false;      // one more session, for a thread that is no executor (Scheduler::SubmitOrRun)
};

struct BatchOptions {
  int max_size = 1;                       // requests in one batch; 1: no batches
  std::chrono::nanoseconds max_delay{0};  // that a request may wait for others to come
};

class ModelInstance {
 public:
  ~ModelInstance();
  // One slot a pool, in the order of the queue's executors; a null pool stands for one thread. Sessions of one slot
  // share its pool, of which only one uses it at a time.
  static Result<std::shared_ptr<ModelInstance>> Create(std::shared_ptr<const engine::Executable> executable,
                                                       const std::vector<std::shared_ptr<engine::ThreadPool>>& pools,
                                                       const InstanceOptions& options = {});

  const engine::Executable& executable() const { return *executable_; }
  const InstanceOptions& options() const { return options_; }
  int slots() const { return static_cast<int>(sessions_.size()) / options_.levels; }
  // Of one request.
  int sessions() const { return static_cast<int>(sessions_.size()) + (guest_session_ ? 1 : 0); }
  // The executable's, with the arenas of all sessions together, about.
  engine::MemoryUsage memory() const;
  // Level 0 is for what runs on an idle executor, level 1 for what runs on the stack of a preempted job.
  engine::Session& session(int slot, int level = 0) {
    return *sessions_[static_cast<std::size_t>(slot * options_.levels + level)];
  }

  // Null for none. Of one thread at a time, which the load says.
  engine::Session* guest_session() { return guest_session_.get(); }

  // Requests run together from now on, when several of one row each wait. Before the instance serves. The errors of
  // BatchSessions::Create, after which it serves without batches.
  Status EnableBatches(const BatchOptions& options, const std::vector<std::shared_ptr<engine::ThreadPool>>& pools);
  // Null when requests run alone.
  BatchSessions* batches() { return batches_.get(); }
  const BatchOptions& batch_options() const { return batch_options_; }

  // Of a request that runs alone.
  CostEstimate& cost() { return cost_; }
  // Of one in a batch: its share of the time of all.
  CostEstimate& row_cost() { return row_cost_; }

  // What the scheduler has of this version at present.
  struct Load {
    std::size_t waiting = 0;
    int running = 0;
    bool guest = false;  // the guest's session is in use
    // Clients whose next job is for this version and waits, for max_concurrent or for a batch, in the order of their
    // turns.
    Flow* first_parked = nullptr;
    Flow* last_parked = nullptr;
    // Of the jobs that wait those that may run as one batch, in the order of arrival.
    Job* first_mate = nullptr;
    Job* last_mate = nullptr;
    std::size_t mates = 0;
    bool held = false;  // clients are parked here until there are enough for a batch, or until then
    std::chrono::steady_clock::time_point held_until{};
    ModelInstance* next_held = nullptr;
  };
  Load& load() { return load_; }

  // What is counted of its requests. Any thread.
  const std::shared_ptr<VersionCounters>& counters() const { return counters_; }

 private:
  ModelInstance();

  InstanceOptions options_;
  std::shared_ptr<const engine::Executable> executable_;
  const std::shared_ptr<VersionCounters> counters_;
  std::vector<std::unique_ptr<engine::Session>> sessions_;  // by slot, then by level
  std::unique_ptr<engine::Session> guest_session_;
  BatchOptions batch_options_;
  std::unique_ptr<BatchSessions> batches_;
  CostEstimate cost_;
  CostEstimate row_cost_;
  Load load_;
};

}  // namespace tfld::daemon
