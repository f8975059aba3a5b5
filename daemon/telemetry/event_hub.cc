#include "daemon/telemetry/event_hub.h"

#include <iterator>
#include <utility>

#include "engine/base/str_cat.h"

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
  std::erase_if(watchers_, [&event](const std::weak_ptr<EventWatcher>& weak) {
    const std::shared_ptr<EventWatcher> watcher = weak.lock();
    if (watcher) watcher->Offer(event);
    return watcher == nullptr;
  });
}

Result<std::shared_ptr<EventWatcher>> EventHub::Watch() {
  const std::lock_guard lock(mutex_);
  if (closed_) return Unavailable("the daemon is stopping");
  std::erase_if(watchers_, [](const std::weak_ptr<EventWatcher>& weak) { return weak.expired(); });
  if (watchers_.size() >= kMaxWatchers) return ResourceExhausted(StrCat("already ", kMaxWatchers, " watch"));
  auto watcher = std::make_shared<EventWatcher>();
  watchers_.push_back(watcher);
  return watcher;
}

void EventHub::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const std::weak_ptr<EventWatcher>& weak : watchers_) {
    if (const std::shared_ptr<EventWatcher> watcher = weak.lock()) watcher->Close();
  }
}

}  // namespace tfld::daemon
