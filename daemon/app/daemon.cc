#include "daemon/app/daemon.h"

#include <atomic>
#include <chrono>
#include <ctime>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/app/directories.h"
#include "daemon/app/memory_lock.h"
#include "daemon/app/metrics_page.h"
#include "daemon/app/observed_manager.h"
#include "daemon/app/plugins.h"
#include "daemon/app/stall_detector.h"
#include "daemon/lifecycle/serving_map.h"
#include "daemon/rpc/admin_service.h"
#include "daemon/rpc/inference_service.h"
#include "daemon/rpc/region_registry.h"
#include "daemon/rpc/rpc_server.h"
#include "daemon/scheduler/request_stats.h"
#include "daemon/scheduler/scheduler.h"
#include "daemon/settings/processor_set.h"
#include "daemon/shm/channel_server.h"
#include "daemon/system/event_loop.h"
#include "daemon/system/http_server.h"
#include "daemon/system/service_manager.h"
#include "daemon/telemetry/event_hub.h"
#include "daemon/telemetry/failure_log.h"
#include "daemon/telemetry/log.h"
#include "daemon/telemetry/metrics.h"
#include "daemon/telemetry/trace_settings.h"
#include "daemon/telemetry/tracer.h"
#include "engine/base/str_cat.h"
#include "tfld/engine.h"

namespace tfld::daemon {
namespace {

// The owner alone may connect, and where the groups of an installation exist, their members.
constexpr mode_t kSocketMode = 0600;
constexpr char kUserGroup[] = "tfld";
constexpr char kAdminGroup[] = "tfld-admin";

UserLimits UserLimitsOf(const LimitSettings& settings) {
  UserLimits limits;
  limits.max_requests = static_cast<std::size_t>(settings.max_requests);
  limits.max_bytes = settings.max_bytes;
  limits.weight = settings.weight;
  limits.max_priority = static_cast<PriorityClass>(settings.max_priority);
  limits.compute_share = settings.compute_share;
  return limits;
}

SchedulerOptions SchedulerOptionsOf(const Settings& settings) {
  SchedulerOptions options;
  options.executors = settings.inference.executors;
  options.threads_per_executor = settings.inference.threads_per_executor;
  options.queue_capacity = static_cast<std::size_t>(settings.inference.queue_capacity);
  options.queue_per_client = static_cast<std::size_t>(settings.inference.queue_per_client);
  options.queue_per_model = static_cast<std::size_t>(settings.inference.queue_per_model);
  options.preemption = settings.inference.preemption;
  options.spin = std::chrono::microseconds(settings.inference.spin_us);
  options.quota.defaults = UserLimitsOf(settings.limits);
  for (const UserSettings& user : settings.users) options.quota.users[user.uid] = UserLimitsOf(user.limits);
  for (const std::string& set : settings.inference.affinity) {
    options.affinity.push_back(ParseProcessorSet(set).value_or(std::vector<int>()));
  }
  return options;
}

ManagerOptions ManagerOptionsOf(const Settings& settings) {
  ManagerOptions options;
  options.state_dir = settings.state_dir;
  options.max_package_bytes = settings.models.max_package_bytes;
  options.max_model_memory_bytes = settings.models.max_memory_bytes;
  options.warmup_runs = settings.models.warmup_runs;
  options.backend =
      settings.inference.numerics == Numerics::kExact ? engine::Backend::kReference : engine::Backend::kCpu;
  options.load_nice = settings.models.load_nice;
  options.keep_versions = settings.models.keep_versions;
  for (const ModelSettings& model : settings.model) options.max_concurrent[model.name] = model.max_concurrent;
  return options;
}

// Of one user.
std::size_t MaxConnections(const Settings& settings, const LimitSettings& limits) {
  return static_cast<std::size_t>(limits.max_connections > 0 ? limits.max_connections : settings.connections.max_total);
}

RpcServerOptions RpcServerOptionsOf(const Settings& settings) {
  RpcServerOptions options;
  options.max_message_bytes = settings.inference.max_message_bytes;
  options.accept.max_connections = static_cast<std::size_t>(settings.connections.max_total);
  options.accept.max_connections_per_user = MaxConnections(settings, settings.limits);
  for (const UserSettings& user : settings.users) {
    options.accept.users[user.uid] = MaxConnections(settings, user.limits);
  }
  return options;
}

ShmLimits ShmLimitsOf(const Settings& settings) {
  ShmLimits limits;
  limits.max_connections = static_cast<std::size_t>(settings.connections.max_total);
  limits.max_connections_per_user = MaxConnections(settings, settings.limits);
  for (const UserSettings& user : settings.users) limits.users[user.uid] = MaxConnections(settings, user.limits);
  limits.max_slots = static_cast<std::size_t>(settings.channel.max_slots);
  limits.max_bytes = settings.channel.max_bytes;
  limits.max_bytes_per_user = settings.channel.max_bytes_per_user;
  limits.idle_timeout = std::chrono::seconds(settings.channel.idle_timeout_s);
  return limits;
}

class Daemon {
 public:
  explicit Daemon(const Settings& settings)
      : settings_(settings),
        scheduler_(SchedulerOptionsOf(settings)),
        stall_(std::chrono::milliseconds(settings.service.stall_timeout_ms)) {}

  ~Daemon() {
    if (resume_.joinable()) resume_.join();
  }

  Status Run() {
    TFLD_ASSIGN_OR_RETURN(loop_, EventLoop::Create());
    TFLD_RETURN_IF_ERROR(loop_->OnTerminate([this] { loop_->Quit(); }));
    TFLD_ASSIGN_OR_RETURN(auto manager, Manager::Create(ManagerOptionsOf(settings_), scheduler_, map_));
    manager_ = ObserveManager(std::move(manager), metrics_, events_, traces_);
    TFLD_RETURN_IF_ERROR(StartInference());
    TFLD_RETURN_IF_ERROR(StartChannels());
    TFLD_RETURN_IF_ERROR(StartAdmin());
    TFLD_RETURN_IF_ERROR(StartMetrics());
    TFLD_RETURN_IF_ERROR(StartWatchdog());
    TFLD_RETURN_IF_ERROR(StartFailureLog());
    resume_ = std::thread([this] { Resume(); });
    const Status status = loop_->Run();
    Stop();
    return status;
  }

 private:
  std::size_t channels() const { return channels_ ? channels_->channels() : 0; }

  // Who is told of every request, whichever way it comes.
  std::vector<RequestObserver*> observers() { return {&stats_, &tracer_, &failures_}; }

  // For the inference service of a server with these peers.
  InferenceContext ContextFor(const std::shared_ptr<PeerRegistry>& peers) {
    InferenceContext context;
    context.scheduler = &scheduler_;
    context.map = &map_;
    context.stats = &stats_;
    context.observers = observers();
    context.ready = &ready_;
    context.peers = peers;
    context.regions = &regions_;
    context.manager = manager_.get();
    context.traces = &traces_;
    context.max_message_bytes = settings_.inference.max_message_bytes;
    context.admin_socket = settings_.runtime_dir + "/admin.sock";
    return context;
  }

  Status StartInference() {
    TFLD_ASSIGN_OR_RETURN(inference_socket_, ListenUnix(settings_.runtime_dir, "tfld.sock", kSocketMode, kUserGroup));
    const auto peers = std::make_shared<PeerRegistry>();
    TFLD_ASSIGN_OR_RETURN(inference_,
                          RpcServer::Start(inference_socket_.ReleaseDescriptor(), peers,
                                           {NewInferenceService(ContextFor(peers))}, RpcServerOptionsOf(settings_)));
    return {};
  }

  Status StartChannels() {
    if (!settings_.channel.enabled) return {};
    TFLD_ASSIGN_OR_RETURN(channel_socket_,
                          ListenUnix(settings_.runtime_dir, "shm.sock", kSocketMode, kUserGroup, SOCK_SEQPACKET));
    ShmContext context;
    context.scheduler = &scheduler_;
    context.map = &map_;
    context.observers = observers();
    context.ready = &ready_;
    TFLD_ASSIGN_OR_RETURN(channels_,
                          ChannelServer::Start(channel_socket_.ReleaseDescriptor(), context, ShmLimitsOf(settings_)));
    return {};
  }

  Status StartAdmin() {
    TFLD_ASSIGN_OR_RETURN(admin_socket_, ListenUnix(settings_.runtime_dir, "admin.sock", kSocketMode, kAdminGroup));
    const auto peers = std::make_shared<PeerRegistry>();
    AdminContext context;
    context.manager = manager_.get();
    context.scheduler = &scheduler_;
    context.map = &map_;
    context.stats = &stats_;
    context.tracer = &tracer_;
    context.events = &events_;
    context.peers = peers;
    context.inference_connections = [this] { return inference_->connections(); };
    context.channels = [this] { return channels(); };
    context.daemon.version = engine::Version();
    context.daemon.started_at = std::time(nullptr);
    context.daemon.state_dir = settings_.state_dir;
    context.daemon.runtime_dir = settings_.runtime_dir;
    context.daemon.queue_capacity = static_cast<std::size_t>(settings_.inference.queue_capacity);
    context.daemon.max_message_bytes = settings_.inference.max_message_bytes;
    InferenceContext managing = ContextFor(peers);
    managing.managing = true;
    TFLD_ASSIGN_OR_RETURN(admin_, RpcServer::Start(admin_socket_.ReleaseDescriptor(), peers,
                                                   {NewAdminService(context), NewInferenceService(managing)},
                                                   RpcServerOptionsOf(settings_)));
    admin_->SetServing(true);
    return {};
  }

  Status StartMetrics() {
    MetricsSources sources;
    sources.metrics = &metrics_;
    sources.manager = manager_.get();
    sources.scheduler = &scheduler_;
    sources.ready = &ready_;
    sources.connections.emplace_back(kGrpcTransport, [this] { return inference_->connections(); });
    sources.connections.emplace_back(kChannelTransport, [this] { return channels(); });
    const auto handler = [sources](const HttpRequest& request) { return AnswerMetrics(request, sources); };
    TFLD_ASSIGN_OR_RETURN(auto socket, ListenUnix(settings_.runtime_dir, "metrics.sock", kSocketMode, kUserGroup));
    TFLD_ASSIGN_OR_RETURN(metrics_server_, HttpServer::Start(*loop_, std::move(socket), handler));
    if (settings_.metrics.tcp_listen.empty()) return {};
    TFLD_ASSIGN_OR_RETURN(auto tcp_socket, ListenLoopback(settings_.metrics.tcp_listen));
    TFLD_ASSIGN_OR_RETURN(metrics_tcp_server_, HttpServer::Start(*loop_, std::move(tcp_socket), handler));
    return {};
  }

  // The timer proves that the system thread turns; the detector that the executors do.
  Status StartWatchdog() {
    const auto period = ServiceManager::WatchdogPeriod();
    if (!period) return {};
    return loop_->Every(*period / 3, [this] {
      if (stall_.Healthy(scheduler_.stats(), std::chrono::steady_clock::now())) {
        ServiceManager::FeedWatchdog();
      } else {
        Log(LogLevel::kError, "executors make no progress; the watchdog is not fed");
      }
    });
  }

  Status StartFailureLog() {
    return loop_->Every(std::chrono::seconds(1), [this] { failures_.Flush(std::chrono::steady_clock::now()); });
  }

  // On a thread of its own, so that metrics, admin and signals are answered while models load.
  void Resume() {
    const auto started = std::chrono::steady_clock::now();
    const std::vector<HistoryEvent> events = manager_->Resume();
    int resumed = 0;
    for (const HistoryEvent& event : events) {
      if (event.ok) ++resumed;
      Log(event.ok ? LogLevel::kInfo : LogLevel::kError, "resume",
          {{"model", event.model},
           {"version", std::to_string(event.version)},
           {"ok", event.ok ? "true" : "false"},
           {"reason", event.reason}});
      events_.Publish({0, "resume", event.model, event.version, event.ok, event.reason, event.actor});
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
    loop_->Post([this, resumed, failed = events.size() - static_cast<std::size_t>(resumed), took] {
      BecomeReady(resumed, failed, took);
    });
  }

  void BecomeReady(int resumed, std::size_t failed, std::chrono::milliseconds took) {
    ready_ = true;
    inference_->SetServing(true);
    ServiceManager::Ready(StrCat(resumed, " models serve"));
    Log(LogLevel::kInfo, "ready",
        {{"version", std::string(engine::Version())},
         {"models", std::to_string(resumed)},
         {"failed", std::to_string(failed)},
         {"resume_ms", std::to_string(took.count())},
         {"runtime_dir", settings_.runtime_dir}});
    events_.Publish({0, "ready", "", 0, true, StrCat(resumed, " models serve"), ""});
  }

  // Accept no more, drain, join the executors, unload. Members go in reverse order afterwards.
  void Stop() {
    ServiceManager::Stopping("draining");
    Log(LogLevel::kInfo, "stopping");
    events_.Publish({0, "stopping", "", 0, true, "", ""});
    events_.Close();
    tracer_.Close();
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(settings_.service.drain_timeout_ms);
    ready_ = false;
    inference_->SetServing(false);
    inference_->StopAccepting();
    if (channels_) channels_->StopAccepting();
    admin_->StopAccepting();
    if (resume_.joinable()) resume_.join();
    inference_->Stop(deadline);
    admin_->Stop(deadline);
    scheduler_.Stop(deadline);
    if (channels_) channels_->Stop();
    Log(LogLevel::kInfo, "stopped");
  }

  const Settings& settings_;
  Scheduler scheduler_;
  ServingMap map_;
  RequestStats stats_;
  Metrics metrics_{stats_};
  StallDetector stall_;
  TraceSettings traces_;
  Tracer tracer_{traces_};
  EventHub events_;
  FailureLog failures_{LogFailure};
  RegionRegistry regions_;
  std::atomic<bool> ready_ = false;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<Manager> manager_;
  ListeningSocket inference_socket_;
  ListeningSocket channel_socket_;
  ListeningSocket admin_socket_;
  std::unique_ptr<RpcServer> inference_;
  std::unique_ptr<ChannelServer> channels_;
  std::unique_ptr<RpcServer> admin_;
  std::unique_ptr<HttpServer> metrics_server_;
  std::unique_ptr<HttpServer> metrics_tcp_server_;
  std::thread resume_;
};

void LogRpc(RpcLogSeverity severity, std::string_view message) {
  Log(severity == RpcLogSeverity::kError ? LogLevel::kWarning : LogLevel::kDebug, "grpc",
      {{"message", std::string(message)}});
}

}  // namespace

Status RunDaemon(const Settings& settings) {
  SetUpLog(settings.log.level, settings.log.format);
  SetRpcLogSink(LogRpc, settings.log.level == LogLevel::kDebug);
  if (settings.service.memory_lock) TFLD_RETURN_IF_ERROR(LockMemory());
  TFLD_RETURN_IF_ERROR(MakeDirectories(settings));
  TFLD_RETURN_IF_ERROR(LoadPlugins(settings.plugins));
  return Daemon(settings).Run();
}

}  // namespace tfld::daemon
