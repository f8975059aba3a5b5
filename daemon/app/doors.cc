#include "daemon/app/doors.h"

#include <sys/socket.h>

#include <ctime>
#include <string>
#include <utility>

#include "daemon/app/metrics_page.h"
#include "daemon/app/room_options.h"
#include "daemon/rpc/admin_service.h"
#include "daemon/rpc/inference_service.h"
#include "daemon/scheduler/affinity.h"
#include "daemon/telemetry/log.h"
#include "tfld/engine.h"

namespace tfld::daemon {
namespace {

// The owner alone may connect, and where the groups of an installation exist, their members.
constexpr mode_t kSocketMode = 0600;
constexpr char kUserGroup[] = "tfld";
constexpr char kAdminGroup[] = "tfld-admin";

constexpr std::string_view kAdminSocket = "admin";  // in metrics and the log, beside the transports

}  // namespace

Status Doors::Open() {
  TFLD_RETURN_IF_ERROR(OpenInference());
  TFLD_RETURN_IF_ERROR(OpenChannels());
  TFLD_RETURN_IF_ERROR(OpenAdmin());
  return OpenMetrics();
}

InferenceContext Doors::ContextFor(const std::shared_ptr<PeerRegistry>& peers) {
  InferenceContext context;
  context.scheduler = &core_.scheduler;
  context.map = &core_.map;
  context.stats = &core_.stats;
  context.observers = core_.observers();
  context.readiness = &core_.readiness;
  context.peers = peers;
  context.regions = &core_.regions;
  context.manager = core_.manager.get();
  context.traces = &core_.traces;
  context.max_message_bytes = core_.settings.inference.max_message_bytes;
  context.admin_socket = core_.settings.runtime_dir + "/admin.sock";
  return context;
}

Status Doors::OpenInference() {
  TFLD_ASSIGN_OR_RETURN(inference_socket_,
                        ListenUnix(core_.settings.runtime_dir, "tfld.sock", kSocketMode, kUserGroup));
  const auto peers = std::make_shared<PeerRegistry>();
  RpcServerOptions options = InferenceServerOptionsOf(core_.settings);
  options.tends_threads = true;
  InferenceContext context = ContextFor(peers);
  if (UsableProcessors() > 1) context.spin = std::chrono::microseconds(core_.settings.inference.grpc_spin_us);
  TFLD_ASSIGN_OR_RETURN(inference_, RpcServer::Start(inference_socket_.ReleaseDescriptor(), peers,
                                                     {NewInferenceService(context)}, options));
  return {};
}

Status Doors::OpenChannels() {
  if (!core_.settings.channel.enabled) return {};
  TFLD_ASSIGN_OR_RETURN(channel_socket_,
                        ListenUnix(core_.settings.runtime_dir, "shm.sock", kSocketMode, kUserGroup, SOCK_SEQPACKET));
  ShmContext context;
  context.scheduler = &core_.scheduler;
  context.map = &core_.map;
  context.observers = core_.observers();
  context.readiness = &core_.readiness;
  TFLD_ASSIGN_OR_RETURN(
      channels_, ChannelServer::Start(channel_socket_.ReleaseDescriptor(), context, ShmLimitsOf(core_.settings)));
  return {};
}

Status Doors::OpenAdmin() {
  TFLD_ASSIGN_OR_RETURN(admin_socket_, ListenUnix(core_.settings.runtime_dir, "admin.sock", kSocketMode, kAdminGroup));
  const auto peers = std::make_shared<PeerRegistry>();
  AdminContext context;
  context.manager = core_.manager.get();
  context.scheduler = &core_.scheduler;
  context.map = &core_.map;
  context.stats = &core_.stats;
  context.tracer = &core_.tracer;
  context.events = &core_.events;
  context.peers = peers;
  context.inference_connections = [this] { return inference_->connections(); };
  context.channels = [this] { return channels(); };
  context.daemon.version = engine::Version();
  context.daemon.started_at = std::time(nullptr);
  context.daemon.state_dir = core_.settings.state_dir;
  context.daemon.runtime_dir = core_.settings.runtime_dir;
  context.daemon.queue_capacity = static_cast<std::size_t>(core_.settings.inference.queue_capacity);
  context.daemon.max_message_bytes = core_.settings.inference.max_message_bytes;
  InferenceContext managing = ContextFor(peers);
  managing.managing = true;
  TFLD_ASSIGN_OR_RETURN(admin_, RpcServer::Start(admin_socket_.ReleaseDescriptor(), peers,
                                                 {NewAdminService(context), NewInferenceService(managing)},
                                                 AdminServerOptionsOf(core_.settings)));
  admin_->SetServing(true);
  return {};
}

Status Doors::OpenMetrics() {
  MetricsSources sources;
  sources.metrics = &core_.metrics;
  sources.manager = core_.manager.get();
  sources.scheduler = &core_.scheduler;
  sources.readiness = &core_.readiness;
  sources.connections = [this] { return CountConnections(); };
  const auto handler = [sources](const HttpRequest& request) { return AnswerMetrics(request, sources); };
  TFLD_ASSIGN_OR_RETURN(auto socket, ListenUnix(core_.settings.runtime_dir, "metrics.sock", kSocketMode, kUserGroup));
  TFLD_ASSIGN_OR_RETURN(metrics_, HttpServer::Start(*core_.loop, std::move(socket), handler));
  auto tcp_socket = InheritedSocket("metrics.tcp");
  if (!tcp_socket && !core_.settings.metrics.tcp_listen.empty()) {
    auto made = ListenLoopback(core_.settings.metrics.tcp_listen);
    if (!made.ok()) return made.status().WithContext("metrics.tcp_listen");
    tcp_socket = *std::move(made);
  }
  if (tcp_socket) {
    TFLD_ASSIGN_OR_RETURN(metrics_tcp_, HttpServer::Start(*core_.loop, *std::move(tcp_socket), handler));
  }
  return {};
}

std::vector<ConnectionCounts> Doors::CountConnections() const {
  std::vector<ConnectionCounts> counts = {{kGrpcTransport, inference_->connections(), inference_->refused()}};
  if (channels_) counts.push_back({kChannelTransport, channels_->channels(), channels_->refused()});
  counts.push_back({kAdminSocket, admin_->connections(), admin_->refused()});
  return counts;
}

void Doors::LogRefused() {
  // `open` is asked for only when there is something to say: to count takes a look at every connection.
  const auto log = [this](std::string_view transport, std::uint64_t refused, const auto& open) {
    const std::uint64_t before = std::exchange(logged_[transport], refused);
    if (refused == before) return;
    const std::string_view text = transport == kAdminSocket
                                      ? "connections to the admin socket refused: there were too many"
                                      : "connections refused: there were too many; see max_connections and max_total";
    Log(LogLevel::kWarning, text,
        {{"transport", std::string(transport)},
         {"refused", std::to_string(refused - before)},
         {"open", std::to_string(open())}});
  };
  log(kGrpcTransport, inference_->refused(), [this] { return inference_->connections(); });
  if (channels_) log(kChannelTransport, channels_->refused(), [this] { return channels(); });
  log(kAdminSocket, admin_->refused(), [this] { return admin_->connections(); });
}

void Doors::StopAccepting() {
  inference_->SetServing(false);
  inference_->StopAccepting();
  if (channels_) channels_->StopAccepting();
  admin_->StopAccepting();
}

void Doors::EndCalls(SteadyTime deadline) {
  inference_->Stop(deadline);
  admin_->Stop(deadline);
}

void Doors::EndChannels() {
  if (channels_) channels_->Stop();
}

}  // namespace tfld::daemon
