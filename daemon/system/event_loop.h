// EventLoop: the system thread's loop over sd-event: signals, the watchdog and whatever descriptors it is given.
//
// Thread rule: everything but Post and Quit is called from the thread that made the loop and runs it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "engine/base/result.h"

namespace tfld::daemon {

class EventLoop {
 public:
  static Result<std::unique_ptr<EventLoop>> Create();
  ~EventLoop();

  // `handler` runs on each SIGTERM, SIGINT and SIGHUP (the terminal went away), which must be blocked in all threads. A
  // SIGHUP that is ignored stays so: the daemon is to outlive its terminal, as with nohup.
  Status OnTerminate(std::function<void()> handler);

  // Calls `handler` when `descriptor` is ready for `events` (EPOLLIN, EPOLLOUT) until the watch is destroyed.
  class Watch {
   public:
    virtual ~Watch() = default;
    virtual void SetEvents(std::uint32_t events) = 0;
  };
  Result<std::unique_ptr<Watch>> WatchDescriptor(int descriptor, std::uint32_t events,
                                                 std::function<void(std::uint32_t events)> handler);

  // Calls `handler` every `period` as long as the loop runs.
  Status Every(std::chrono::milliseconds period, std::function<void()> handler);

  // Runs `task` on the loop's thread. Any thread.
  void Post(std::function<void()> task);

  // Runs until Quit. Any thread may call Quit, also before Run.
  Status Run();
  void Quit();

 private:
  EventLoop();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Blocks SIGTERM, SIGINT and SIGHUP in this thread and in those that it starts, and ignores SIGPIPE; in a service,
// which has no terminal, SIGHUP too. Before any thread.
void BlockSignals();

}  // namespace tfld::daemon
