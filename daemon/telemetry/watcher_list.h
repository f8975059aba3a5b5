// WatcherList: who is told of something, each until it is destroyed, and all until the list is closed.
//
// A Watcher has Offer(news), which never waits for whoever reads it, and Close(), which says that nothing follows.
// Thread rule: guarded by the lock of its owner.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/base/status.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {

template <typename Watcher>
class WatcherList {
 public:
  // `kind` is what watchers are called in an error.
  WatcherList(std::size_t capacity, std::string_view kind) : capacity_(capacity), kind_(kind) {}

  // RESOURCE_EXHAUSTED when the list is full, UNAVAILABLE after Close.
  Status Add(const std::shared_ptr<Watcher>& watcher) {
    if (closed_) return Unavailable("the daemon is stopping");
    ForEach([](Watcher&) {});
    if (watchers_.size() >= capacity_) return ResourceExhausted(StrCat("already ", capacity_, " ", kind_));
    watchers_.push_back(watcher);
    return {};
  }

  template <typename News>
  void Offer(const News& news) {
    ForEach([&news](Watcher& watcher) { watcher.Offer(news); });
  }

  // For good.
  void Close() {
    closed_ = true;
    ForEach([](Watcher& watcher) { watcher.Close(); });
  }

  // Nobody was there at the last call, nor came since.
  bool empty() const { return watchers_.empty(); }

 private:
  // And forgets those that are gone.
  template <typename Visit>
  void ForEach(Visit visit) {
    std::erase_if(watchers_, [&visit](const std::weak_ptr<Watcher>& weak) {
      const std::shared_ptr<Watcher> watcher = weak.lock();
      if (watcher) visit(*watcher);
      return watcher == nullptr;
    });
  }

  const std::size_t capacity_;
  const std::string_view kind_;
  std::vector<std::weak_ptr<Watcher>> watchers_;
  bool closed_ = false;
};

}  // namespace tfld::daemon
