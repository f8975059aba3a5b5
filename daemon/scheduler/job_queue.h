// JobQueue: the order in which jobs that wait get their executor, and how many may wait.
//
// Thread rule: none of its own; the scheduler calls it under its lock. Allocates nothing after construction.
#pragma once

#include <cstddef>
#include <vector>

#include "daemon/scheduler/job.h"

namespace tfld::daemon {

class JobQueue {
 public:
  explicit JobQueue(std::size_t capacity);

  // False when the queue is full.
  bool Push(Job& job);
  // The job to run next; null when there is none.
  Job* Pop();
  std::size_t size() const { return size_; }
  // Moves every job that is cancelled or whose deadline is not after `now` to the end of `dead`.
  void TakeDead(SteadyTime now, std::vector<Job*>& dead);

 private:
  Job*& At(std::size_t index) { return ring_[(first_ + index) % ring_.size()]; }

  std::vector<Job*> ring_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace tfld::daemon
