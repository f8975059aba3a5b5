// FlowTable: the clients that share a class, each with its jobs that wait and its account of time used.
//
// A fixed number of flows, made at the start. One that has nothing to do any more keeps its account until the place is
// needed for another: the one that has been idle for longest goes first.
//
// Thread rule: one thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/scheduler/intrusive_heap.h"
#include "daemon/scheduler/job.h"

namespace tfld::daemon {

// The earliest deadline first, then arrival.
struct JobOrder {
  static HeapLinks<Job>& Links(Job& job) { return job.ticket.links; }
  static bool Before(const Job& a, const Job& b) {
    return a.deadline != b.deadline ? a.deadline < b.deadline : a.ticket.sequence < b.ticket.sequence;
  }
};

struct Flow {
  PriorityClass priority = PriorityClass::kNormal;
  JobClient client;
  IntrusiveHeap<Job, JobOrder> jobs;
  std::size_t waiting = 0;           // jobs
  int running = 0;                   // jobs
  std::chrono::nanoseconds cost{0};  // of the jobs that wait, as estimated
  double weight = 1;
  double start = 0;                 // virtual time at which the next job may start: all cost so far, over the weight
  std::uint64_t sequence = 0;       // of its coming to wait, for ties
  HeapLinks<Flow> links;            // in the heap of its class
  bool listed = false;              // among those of its class that may be next
  bool newcomer = false;            // listed, and was not ahead of the others when it came to wait
  ModelInstance* parked = nullptr;  // that its next job is for, which runs on as many executors as it may
  Flow* older = nullptr;            // in the list of idle ones, or of those that are parked there
  Flow* newer = nullptr;
  Flow* bucket_next = nullptr;
  bool idle() const { return waiting == 0 && running == 0; }
};

class FlowTable {
 public:
  // As many flows as can be other than idle at the same time, at least.
  explicit FlowTable(std::size_t capacity);
  FlowTable(const FlowTable&) = delete;
  FlowTable& operator=(const FlowTable&) = delete;

  // Null when there is none.
  Flow* Find(PriorityClass priority, JobClient client) const;
  // Makes it when there is none; a new one starts at `now` of virtual time. Not idle any more for the table: the caller
  // gives it a job.
  Flow& Take(PriorityClass priority, JobClient client, double now);
  // The flow has become idle.
  void Rest(Flow& flow);

 private:
  std::size_t BucketOf(PriorityClass priority, JobClient client) const;
  void Unlink(Flow& flow);
  void Forget(Flow& flow);

  std::vector<Flow> flows_;
  std::vector<Flow*> buckets_;
  std::size_t used_ = 0;    // flows that have ever been used
  Flow* oldest_ = nullptr;  // idle ones
  Flow* newest_ = nullptr;
};

}  // namespace tfld::daemon
