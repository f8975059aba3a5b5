#include "daemon/rpc/rpc_server.h"

#include <absl/synchronization/mutex.h>
#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_posix.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <climits>
#include <mutex>
#include <utility>

#include "daemon/rpc/callback_threads.h"
#include "daemon/rpc/reflection.h"
#include "grpc/health/v1/health.pb.h"
#include "grpc/reflection/v1/reflection.pb.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"

namespace tfld::daemon {
namespace {

// More than any client has use for: what comes beyond it waits in the client.
constexpr int kMaxCallsOfAConnection = 1024;
constexpr std::size_t kMinReceiveBytes = std::size_t{256} << 20;

std::atomic<RpcLogSink> log_sink{nullptr};

void ForwardLog(gpr_log_func_args* args) {
  const RpcLogSink sink = log_sink.load(std::memory_order_acquire);
  const auto severity = args->severity == GPR_LOG_SEVERITY_ERROR ? RpcLogSeverity::kError : RpcLogSeverity::kInfo;
  if (sink != nullptr) sink(severity, args->message);
}

// The process-wide switches of gRPC, which must be set before a server is built. The library is never shut down: when
// its last object goes, that can wait up to 10 seconds for a poller that watches over a write.
void PrepareLibrary() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Debian builds the library of gRPC's mutexes with the search for deadlocks that is meant for debugging.
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
    grpc_init();
    grpc::EnableDefaultHealthCheckService(true);
  });
}

std::chrono::system_clock::time_point OnWallClock(SteadyTime time) {
  const auto left = std::max(time - std::chrono::steady_clock::now(), SteadyTime::duration::zero());
  return std::chrono::system_clock::now() + std::chrono::duration_cast<std::chrono::system_clock::duration>(left);
}

// The full name of the service that the message's file declares.
template <typename Message>
std::string ServiceOf() {
  return Message::descriptor()->file()->service(0)->full_name();
}

// The services, and those that tell of them, of themselves and of the health service, which gRPC has by itself.
std::vector<std::shared_ptr<grpc::Service>> WithReflection(std::vector<NamedService> services) {
  std::vector<std::string> names = {ServiceOf<grpc::health::v1::HealthCheckRequest>(),
                                    ServiceOf<grpc::reflection::v1::ServerReflectionRequest>(),
                                    ServiceOf<grpc::reflection::v1alpha::ServerReflectionRequest>()};
  for (const NamedService& each : services) names.push_back(each.name);
  std::vector<std::shared_ptr<grpc::Service>> all = NewReflectionServices(std::move(names));
  for (NamedService& each : services) all.push_back(std::move(each.service));
  return all;
}

}  // namespace

struct RpcServer::Impl {
  std::shared_ptr<PeerRegistry> peers;
  std::vector<std::shared_ptr<grpc::Service>> services;
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<CallbackThreads> callback_threads;
  std::unique_ptr<AcceptLoop> accept_loop;
  bool stopped = false;
};

RpcServer::RpcServer() : impl_(std::make_unique<Impl>()) {}
RpcServer::~RpcServer() { Stop(SteadyTime{}); }

Result<std::unique_ptr<RpcServer>> RpcServer::Start(int listening_socket, std::shared_ptr<PeerRegistry> peers,
                                                    std::vector<NamedService> services,
                                                    const RpcServerOptions& options) {
  PrepareLibrary();
  std::unique_ptr<RpcServer> rpc(new RpcServer);
  Impl& impl = *rpc->impl_;
  impl.peers = std::move(peers);
  impl.services = WithReflection(std::move(services));
  grpc::ServerBuilder builder;
  for (const auto& service : impl.services) builder.RegisterService(service.get());
  builder.SetMaxReceiveMessageSize(static_cast<int>(std::min<std::size_t>(options.max_message_bytes, INT_MAX)));
  builder.SetMaxSendMessageSize(-1);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxCallsOfAConnection);
  // Of what clients have sent of messages that are not complete. Beyond it gRPC ends calls: RESOURCE_EXHAUSTED.
  grpc::ResourceQuota quota("tfld");
  builder.SetResourceQuota(quota.Resize(std::max(kMinReceiveBytes, 8 * options.max_message_bytes)));
  impl.server = builder.BuildAndStart();
  grpc::Server* server = impl.server.get();
  if (server == nullptr) {
    close(listening_socket);
    return Internal("gRPC cannot start a server");
  }
  if (options.tends_threads) impl.callback_threads = std::make_unique<CallbackThreads>(*server);
  const auto hand_over = [server](int descriptor) { grpc::AddInsecureChannelFromFd(server, descriptor); };
  Result<std::unique_ptr<AcceptLoop>> loop = AcceptLoop::Start(listening_socket, impl.peers, options.accept, hand_over);
  if (!loop.ok()) return loop.status();
  impl.accept_loop = std::move(*loop);
  rpc->SetServing(false);
  return rpc;
}

void RpcServer::SetServing(bool serving) {
  if (grpc::HealthCheckServiceInterface* health = impl_->server->GetHealthCheckService()) {
    health->SetServingStatus(serving);
  }
}

std::size_t RpcServer::connections() const { return impl_->peers->Sweep(); }
std::uint64_t RpcServer::refused() const { return impl_->accept_loop->refused(); }

void RpcServer::StopAccepting() { impl_->accept_loop->Stop(); }

void RpcServer::Stop(SteadyTime deadline) {
  if (std::exchange(impl_->stopped, true)) return;
  if (impl_->accept_loop) impl_->accept_loop->Stop();
  if (!impl_->server) return;
  impl_->callback_threads.reset();
  impl_->server->Shutdown(OnWallClock(deadline));
  impl_->server->Wait();
}

void SetRpcLogSink(RpcLogSink sink, bool verbose) {
  log_sink.store(sink, std::memory_order_release);
  SetRpcLogVerbose(verbose);
  gpr_set_log_function(&ForwardLog);
}

void SetRpcLogVerbose(bool verbose) { gpr_set_log_verbosity(verbose ? GPR_LOG_SEVERITY_INFO : GPR_LOG_SEVERITY_ERROR); }

}  // namespace tfld::daemon
