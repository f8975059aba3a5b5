// FifoQueue: first come, first served.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "daemon/scheduler/job_queue.h"

namespace tfld::daemon {

class FifoQueue : public JobQueue {
 public:
  explicit FifoQueue(std::size_t capacity);

  bool Push(QueuedJob& entry) override;
  std::optional<QueuedJob> Pop() override;
  std::size_t size() const override { return size_; }
  void TakeDead(SteadyTime now, std::vector<QueuedJob>& dead) override;

 private:
  QueuedJob& At(std::size_t index) { return ring_[(first_ + index) % ring_.size()]; }

  std::vector<QueuedJob> ring_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace tfld::daemon
