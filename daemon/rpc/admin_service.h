// The admin service: tfld.v1.Admin over the manager.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "daemon/rpc/named_service.h"

namespace tfld::daemon {

class EventHub;
class Manager;
class PeerRegistry;
class RequestStats;
class Scheduler;
class ServingMap;
class Tracer;

// What GetServerInfo and GetStats say about the daemon.
struct DaemonDescription {
  std::string version;
  std::int64_t started_at = 0;  // Unix time, seconds
  std::string state_dir;
  std::string runtime_dir;
  std::size_t queue_capacity = 0;
  std::size_t max_message_bytes = 0;
};

// All that is pointed to outlives the service.
struct AdminContext {
  Manager* manager = nullptr;
  Scheduler* scheduler = nullptr;
  const ServingMap* map = nullptr;
  const RequestStats* stats = nullptr;
  Tracer* tracer = nullptr;
  EventHub* events = nullptr;
  std::shared_ptr<const PeerRegistry> peers;           // of the server that the service is added to
  std::function<std::size_t()> inference_connections;  // open connections to the inference socket; may be empty
  std::function<std::size_t()> channels;               // open channels of shared memory; may be empty
  DaemonDescription daemon;
};

// For RpcServer::Start. Its methods wait for the manager, each call on a thread of its own.
NamedService NewAdminService(const AdminContext& context);

}  // namespace tfld::daemon
