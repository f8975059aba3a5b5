// What the inference service stands on.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace tfld::daemon {

class Manager;
class PeerRegistry;
class Readiness;
class RegionRegistry;
class RequestObserver;
class RequestStats;
class Scheduler;
class ServingMap;
class TraceSettings;

// All that is pointed to outlives the service.
struct InferenceContext {
  Scheduler* scheduler = nullptr;
  const ServingMap* map = nullptr;
  const RequestStats* stats = nullptr;
  std::vector<RequestObserver*> observers;    // told of every request that ended; the stats are usually among them
  const Readiness* readiness = nullptr;       // requests are UNAVAILABLE while the daemon does not serve
  std::shared_ptr<const PeerRegistry> peers;  // of the server that the service is added to
  RegionRegistry* regions = nullptr;          // of shared memory
  Manager* manager = nullptr;
  TraceSettings* traces = nullptr;
  std::size_t max_message_bytes = std::size_t{64} << 20;
  std::chrono::nanoseconds spin{0};  // see SpinAfterRequest; 0 for never
  bool managing = false;             // on the admin socket: the calls that manage act here, elsewhere they are refused
  std::string admin_socket;          // for messages
};

}  // namespace tfld::daemon
