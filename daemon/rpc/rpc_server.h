// RpcServer: one gRPC server behind one listening Unix socket, with health and reflection.
//
// It accepts connections itself, so that every call can be told from whom it is (see PeerRegistry).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "daemon/rpc/accept_loop.h"
#include "daemon/rpc/named_service.h"
#include "daemon/rpc/peer_registry.h"
#include "daemon/scheduler/job.h"
#include "engine/base/result.h"

namespace tfld::daemon {

struct RpcServerOptions {
  std::size_t max_message_bytes = std::size_t{64} << 20;  // of a request; of an answer there is no limit
  AcceptLimits accept;
  bool tends_threads = false;  // see CallbackThreads; of one server in a process
};

class RpcServer {
 public:
  // Owns `listening_socket`, also when it fails. Health says NOT_SERVING until SetServing(true).
  static Result<std::unique_ptr<RpcServer>> Start(int listening_socket, std::shared_ptr<PeerRegistry> peers,
                                                  std::vector<NamedService> services, const RpcServerOptions& options);
  ~RpcServer();  // stops at once

  // What the health service answers, for the server and for each of its services.
  void SetServing(bool serving);

  // Open connections.
  std::size_t connections() const;
  // Connections that were not taken, because there were too many.
  std::uint64_t refused() const;

  // No new connections; calls that are under way on the open ones go on, until Stop.
  void StopAccepting();
  // Lets calls end until `deadline`, cancels the rest, and ends. Returns when no call is left.
  void Stop(SteadyTime deadline);

 private:
  RpcServer();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// gRPC's own messages go to `sink` from now on: its errors, and with `verbose` its information. Once, before a server
// starts; the sink is called on any thread.
enum class RpcLogSeverity { kInfo, kError };
using RpcLogSink = void (*)(RpcLogSeverity severity, std::string_view message);
void SetRpcLogSink(RpcLogSink sink, bool verbose);
// Any thread, at any time.
void SetRpcLogVerbose(bool verbose);

}  // namespace tfld::daemon
