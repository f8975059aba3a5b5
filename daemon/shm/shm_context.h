// What channels need of the daemon around them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "daemon/scheduler/request_observer.h"

namespace tfld::daemon {

class Readiness;
class Scheduler;
class ServingMap;

// All outlive the server that gets them.
struct ShmContext {
  Scheduler* scheduler = nullptr;
  const ServingMap* map = nullptr;
  std::vector<RequestObserver*> observers;
  const Readiness* readiness = nullptr;
};

struct ShmLimits {
  std::size_t max_connections = 512;
  std::size_t max_connections_per_user = 256;
  std::map<std::uint32_t, std::size_t> users{};             // that may have another number of connections
  std::size_t max_slots = 16;                               // of a channel, at most channel::kMaxSlots
  std::size_t max_bytes = std::size_t{64} << 20;            // of a channel's memory
  std::size_t max_bytes_per_user = std::size_t{256} << 20;  // of all channels of one user
  std::chrono::milliseconds hello_timeout{10'000};          // for a connection that says nothing
  std::chrono::milliseconds idle_timeout{0};                // for a channel without requests; zero: it may stay
};

}  // namespace tfld::daemon
