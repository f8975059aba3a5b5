#include "daemon/scheduler/job_queue.h"

#include <algorithm>

namespace tfld::daemon {

JobQueue::JobQueue(std::size_t capacity) : ring_(std::max<std::size_t>(capacity, 1)) {}

bool JobQueue::Push(Job& job) {
  if (size_ == ring_.size()) return false;
  At(size_) = &job;
  ++size_;
  return true;
}

Job* JobQueue::Pop() {
  if (size_ == 0) return nullptr;
  Job* job = ring_[first_];
  first_ = (first_ + 1) % ring_.size();
  --size_;
  return job;
}

void JobQueue::TakeDead(SteadyTime now, std::vector<Job*>& dead) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    Job* job = At(i);
    if (job->cancelled() || job->deadline <= now) {
      dead.push_back(job);
    } else {
      At(kept++) = job;
    }
  }
  size_ = kept;
}

}  // namespace tfld::daemon
