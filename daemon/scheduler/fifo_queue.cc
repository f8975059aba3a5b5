#include "daemon/scheduler/fifo_queue.h"

#include <algorithm>
#include <utility>

namespace tfld::daemon {

FifoQueue::FifoQueue(std::size_t capacity) : ring_(std::max<std::size_t>(capacity, 1)) {}

bool FifoQueue::Push(QueuedJob& entry) {
  if (size_ == ring_.size()) return false;
  At(size_) = std::move(entry);
  ++size_;
  return true;
}

std::optional<QueuedJob> FifoQueue::Pop() {
  if (size_ == 0) return std::nullopt;
  QueuedJob entry = std::move(ring_[first_]);
  first_ = (first_ + 1) % ring_.size();
  --size_;
  return entry;
}

void FifoQueue::TakeDead(SteadyTime now, std::vector<QueuedJob>& dead) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    QueuedJob& entry = At(i);
    if (entry.job->cancelled() || entry.job->deadline <= now) {
      dead.push_back(std::move(entry));
    } else {
      if (kept != i) At(kept) = std::move(entry);
      ++kept;
    }
  }
  size_ = kept;
}

}  // namespace tfld::daemon
