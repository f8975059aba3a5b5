#include "daemon/telemetry/event_hub.h"

#include <iterator>

namespace tfld::daemon {

bool EventWatcher::Take(std::vector<DaemonEvent>& out, std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, wait, [this] { return closed_ || !waiting_.empty(); });
  out.assign(std::move_iterator(waiting_.begin()), std::move_iterator(waiting_.end()));
  waiting_.clear();
  return !closed_ || !out.empty();
}

std::uint64_t EventWatcher::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

void EventWatcher::Offer(const DaemonEvent& event) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() == kCapacity) {
    ++lost_;
    return;
  }
  waiting_.push_back(event);
  changed_.notify_all();
}

void EventWatcher::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

void EventHub::Publish(DaemonEvent event) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  event.time_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const std::lock_guard lock(mutex_);
  watchers_.Offer(event);
}

Result<std::shared_ptr<EventWatcher>> EventHub::Watch() {
  auto watcher = std::make_shared<EventWatcher>();
  const std::lock_guard lock(mutex_);
  TFLD_RETURN_IF_ERROR(watchers_.Add(watcher));
  return watcher;
}

void EventHub::Close() {
  const std::lock_guard lock(mutex_);
  watchers_.Close();
}

}  // namespace tfld::daemon
