// What the inference service stands on.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace tfld::daemon {

class PeerRegistry;
class RequestObserver;
class RequestStats;
class Scheduler;
class ServingMap;

// All that is pointed to outlives the service.
struct InferenceContext {
  Scheduler* scheduler = nullptr;
  const ServingMap* map = nullptr;
  const RequestStats* stats = nullptr;
  std::vector<RequestObserver*> observers;    // told of every request that ended; the stats are usually among them
  const std::atomic<bool>* ready = nullptr;   // whether the stored models serve; until then requests are UNAVAILABLE
  std::shared_ptr<const PeerRegistry> peers;  // of the server that the service is added to
  std::string admin_socket;                   // for messages
};

}  // namespace tfld::daemon
