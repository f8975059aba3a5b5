// Doors: the sockets that clients, administrators and monitoring come by, each with its server.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "daemon/app/core.h"
#include "daemon/rpc/inference_context.h"
#include "daemon/rpc/rpc_server.h"
#include "daemon/shm/channel_server.h"
#include "daemon/system/http_server.h"
#include "daemon/system/sockets.h"
#include "daemon/telemetry/metrics.h"

namespace tfld::daemon {

// Thread rule: the system thread, but for the three that end it, which are for one thread, that or another.
class Doors {
 public:
  // `core` must have been started, and outlives this.
  explicit Doors(Core& core) : core_(core) {}

  // In order: inference, channels, administration, metrics. Until SetServing, inference says that it is not ready.
  Status Open();
  void SetServing() { inference_->SetServing(true); }
  // Writes down how many connections were refused since it was last asked to, if any were.
  void LogRefused();
  // Who is connected stays so, and is told that the daemon is going.
  void StopAccepting();
  // gRPC calls may end until the deadline.
  void EndCalls(SteadyTime deadline);
  // After the scheduler has stopped, whose executors listen to channels.
  void EndChannels();

 private:
  Status OpenInference();
  Status OpenChannels();
  Status OpenAdmin();
  Status OpenMetrics();
  // For the inference service of a server with these peers.
  InferenceContext ContextFor(const std::shared_ptr<PeerRegistry>& peers);
  std::size_t channels() const { return channels_ ? channels_->channels() : 0; }

  std::vector<ConnectionCounts> CountConnections() const;

  Core& core_;
  std::map<std::string_view, std::uint64_t> logged_;  // refused connections that the log knows of, by transport
  ListeningSocket inference_socket_;
  ListeningSocket channel_socket_;
  ListeningSocket admin_socket_;
  std::unique_ptr<RpcServer> inference_;
  std::unique_ptr<ChannelServer> channels_;
  std::unique_ptr<RpcServer> admin_;
  std::unique_ptr<HttpServer> metrics_;
  std::unique_ptr<HttpServer> metrics_tcp_;
};

}  // namespace tfld::daemon
