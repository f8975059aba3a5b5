// Poller: what idle executors wait on: one epoll instance with the sources' descriptors and a wake-up of our own.
//
// Every event is an edge and goes to one thread alone. An eventfd gives an edge with every write, read or not, so
// neither doorbells nor our own wake-up cost a read. Events carry a number that is never used again, and are looked up
// under a lock: an event of a source that is gone meanwhile finds nothing.
//
// Thread rule: any thread. `mutex_` guards the entries; it is not held while a source runs.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "daemon/scheduler/job_source.h"
#include "engine/base/status.h"

namespace tfld::daemon {

class Poller {
 public:
  Poller();  // ends the process when the system has no descriptors left for it
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // ALREADY_EXISTS when the descriptor is watched; errors of epoll_ctl.
  Status Watch(int descriptor, std::shared_ptr<JobSource> source);
  // To be called before the descriptor is closed. Returns when no OnReady of the source runs, and none will; but from
  // within the source's own OnReady it returns at once. Does nothing for a descriptor that is not watched.
  void Unwatch(int descriptor);

  static constexpr std::chrono::nanoseconds kWithoutEnd = std::chrono::nanoseconds::max();
  struct Found {
    int sources = 0;  // that were ready
    bool wake_up = false;
  };
  // Waits up to `timeout` and runs OnReady of what is ready.
  Found Poll(std::chrono::nanoseconds timeout);
  // Ends one Poll that waits, or the next one.
  void Wake();

  // Whether Poll can find anything but wake-ups. Relaxed: a hint.
  bool empty() const { return watched_.load(std::memory_order_relaxed) == 0; }

 private:
  struct Entry {
    int descriptor = -1;
    std::shared_ptr<JobSource> source;
    bool running = false;
    bool again = false;  // an event came while it ran
    bool removed = false;
    std::thread::id runner;
  };

  void Dispatch(std::uint64_t id);
  void Arm(int operation, int descriptor, std::uint64_t id, Status& status) const;

  int epoll_ = -1;
  int wake_ = -1;
  std::atomic<std::size_t> watched_{0};
  std::mutex mutex_;
  std::condition_variable ended_;  // an OnReady of a removed source returned
  std::uint64_t next_id_ = 1;      // 0 is the wake-up
  std::unordered_map<std::uint64_t, std::shared_ptr<Entry>> entries_;
  std::unordered_map<int, std::uint64_t> ids_;  // by descriptor
};

}  // namespace tfld::daemon
