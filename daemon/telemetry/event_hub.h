// EventHub: tells whoever watches what happens to models: deploys, activations, rollbacks, changes of state.
//
// Thread rule: any thread. Publishing never waits for a watcher: one that does not keep up loses events, and is told
// how many.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/telemetry/watcher_list.h"
#include "engine/base/result.h"

namespace tfld::daemon {

struct DaemonEvent {
  std::int64_t time_ms = 0;  // Unix time; set by Publish
  // "deploy", "activate", "rollback", "label", "unlabel", "remove", "load", "unload", "resume", "state", "ready",
  // "stopping"
  std::string kind;
  std::string model;  // empty for events of the daemon
  std::uint64_t version = 0;
  bool ok = true;
  std::string detail;  // why it failed, the state that was entered, or a line for people
  std::string actor;
};

class EventWatcher {
 public:
  static constexpr std::size_t kCapacity = 1024;

  // The oldest events that were not taken yet; waits for at most `wait` if there are none. False when there will be no
  // more.
  bool Take(std::vector<DaemonEvent>& out, std::chrono::milliseconds wait);
  std::uint64_t lost() const;

 private:
  friend class WatcherList<EventWatcher>;
  void Offer(const DaemonEvent& event);
  void Close();

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<DaemonEvent> waiting_;
  std::uint64_t lost_ = 0;
  bool closed_ = false;
};

class EventHub {
 public:
  static constexpr std::size_t kMaxWatchers = 16;

  void Publish(DaemonEvent event);
  // Until the result is destroyed. RESOURCE_EXHAUSTED when too many watch already, UNAVAILABLE after Close.
  Result<std::shared_ptr<EventWatcher>> Watch();
  // Ends all watchers, for good.
  void Close();

 private:
  std::mutex mutex_;  // guards what follows
  WatcherList<EventWatcher> watchers_{kMaxWatchers, "watch"};
};

}  // namespace tfld::daemon
