#include "daemon/rpc/admin_service.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "daemon/lifecycle/manager.h"
#include "daemon/lifecycle/serving_map.h"
#include "daemon/rpc/admin_convert.h"
#include "daemon/rpc/peer_registry.h"
#include "daemon/rpc/status_map.h"
#include "daemon/scheduler/scheduler.h"
#include "engine/base/str_cat.h"
#include "tfld/v1/admin.grpc.pb.h"

namespace tfld::daemon {
namespace {

using DeployStream = grpc::ServerReaderWriter<v1::DeployEvent, v1::DeployRequest>;

constexpr std::size_t kMaxChunkBytes = std::size_t{1} << 20;

// Takes the parts of a package off the stream until the client closes its side.
Status Receive(DeployStream& stream, Upload& upload) {
  v1::DeployRequest part;
  while (stream.Read(&part)) {
    if (!part.has_chunk()) return InvalidArgument("after the header every message of a deploy carries a chunk");
    if (part.chunk().size() > kMaxChunkBytes) {
      return InvalidArgument(
          StrCat("a chunk of ", part.chunk().size(), " bytes came, at most ", kMaxChunkBytes, " are allowed"));
    }
    TFLD_RETURN_IF_ERROR(upload.Write(std::as_bytes(std::span(part.chunk()))));
  }
  return {};
}

DeployRequest FromHeader(const v1::DeployHeader& header, const std::string& actor) {
  DeployRequest request;
  request.model = header.model();
  if (header.has_version()) request.version = header.version();
  request.size = header.size();
  request.sha256 = header.sha256();
  request.stage_only = header.stage_only();
  request.actor = actor;
  return request;
}

class AdminService final : public v1::Admin::Service {
 public:
  explicit AdminService(const AdminContext& context) : context_(context) {}

  grpc::Status Deploy(grpc::ServerContext* call, DeployStream* stream) override {
    return ToGrpc(DoDeploy(*call, *stream));
  }

  grpc::Status Activate(grpc::ServerContext* call, const v1::ActivateRequest* request,
                        v1::ActivateResponse* response) override {
    return Answer(*call, [&](const std::string& actor) -> Status {
      TFLD_ASSIGN_OR_RETURN(const auto status, context_.manager->Activate(request->model(), request->version(), actor));
      ToProto(status, *response->mutable_version());
      return {};
    });
  }

  grpc::Status Rollback(grpc::ServerContext* call, const v1::RollbackRequest* request,
                        v1::RollbackResponse* response) override {
    return Answer(*call, [&](const std::string& actor) -> Status {
      std::optional<std::uint64_t> version;
      if (request->has_version()) version = request->version();
      TFLD_ASSIGN_OR_RETURN(const auto status, context_.manager->Rollback(request->model(), version, actor));
      ToProto(status, *response->mutable_version());
      return {};
    });
  }

  grpc::Status Remove(grpc::ServerContext* call, const v1::RemoveRequest* request, v1::RemoveResponse*) override {
    return Answer(*call, [&](const std::string& actor) {
      std::optional<std::uint64_t> version;
      if (request->has_version()) version = request->version();
      return context_.manager->Remove(request->model(), version, actor);
    });
  }

  grpc::Status ListModels(grpc::ServerContext* call, const v1::ListModelsRequest*,
                          v1::ListModelsResponse* response) override {
    return Answer(*call, [&](const std::string&) -> Status {
      for (const ModelStatus& model : context_.manager->List()) ToProto(model, *response->add_models());
      return {};
    });
  }

  grpc::Status GetModel(grpc::ServerContext* call, const v1::GetModelRequest* request,
                        v1::GetModelResponse* response) override {
    return Answer(*call, [&](const std::string&) -> Status {
      TFLD_ASSIGN_OR_RETURN(const auto status, context_.manager->Get(request->model()));
      ToProto(status, *response->mutable_model());
      return {};
    });
  }

  grpc::Status GetHistory(grpc::ServerContext* call, const v1::GetHistoryRequest* request,
                          v1::GetHistoryResponse* response) override {
    return Answer(*call, [&](const std::string&) -> Status {
      TFLD_ASSIGN_OR_RETURN(const auto events, context_.manager->History(request->model()));
      const std::size_t limit = request->limit() == 0 ? events.size() : request->limit();
      const std::size_t skip = events.size() - std::min(limit, events.size());
      for (std::size_t i = skip; i < events.size(); ++i) ToProto(events[i], *response->add_events());
      return {};
    });
  }

  grpc::Status GetStats(grpc::ServerContext* call, const v1::GetStatsRequest* request,
                        v1::GetStatsResponse* response) override {
    return Answer(*call, [&](const std::string&) -> Status {
      DescribeDaemon(*response->mutable_daemon());
      DescribeModels(request->model(), *response);
      return {};
    });
  }

  grpc::Status GetServerInfo(grpc::ServerContext* call, const v1::GetServerInfoRequest*,
                             v1::GetServerInfoResponse* response) override {
    return Answer(*call, [&](const std::string&) -> Status {
      const DaemonDescription& daemon = context_.daemon;
      response->set_version(daemon.version);
      response->set_pid(getpid());
      response->set_started_at(daemon.started_at);
      response->set_executors(static_cast<std::uint32_t>(context_.scheduler->stats().executors));
      response->set_threads_per_executor(static_cast<std::uint32_t>(context_.scheduler->threads_per_executor()));
      response->set_queue_capacity(daemon.queue_capacity);
      response->set_max_message_bytes(daemon.max_message_bytes);
      response->set_state_dir(daemon.state_dir);
      response->set_runtime_dir(daemon.runtime_dir);
      return {};
    });
  }

 private:
  // Who calls, in the words of the history.
  Result<std::string> ActorOf(const grpc::ServerContext& call) const {
    const std::shared_ptr<const PeerIdentity> peer = context_.peers->Find(call.peer());
    if (!peer) return Status(StatusCode::kUnauthenticated, "it is not known who calls");
    return peer->ToString();
  }

  template <typename Method>
  grpc::Status Answer(const grpc::ServerContext& call, Method method) const {
    const Result<std::string> actor = ActorOf(call);
    return ToGrpc(actor.ok() ? method(*actor) : actor.status());
  }

  Status DoDeploy(const grpc::ServerContext& call, DeployStream& stream);
  void DescribeDaemon(v1::DaemonStats& out) const;
  void DescribeModels(const std::string& model, v1::GetStatsResponse& response) const;

  const AdminContext context_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

// An upload that is dropped on the way leaves no trace.
Status AdminService::DoDeploy(const grpc::ServerContext& call, DeployStream& stream) {
  TFLD_ASSIGN_OR_RETURN(const std::string actor, ActorOf(call));
  v1::DeployRequest first;
  if (!stream.Read(&first) || !first.has_header()) {
    return InvalidArgument("the first message of a deploy is its header");
  }
  TFLD_ASSIGN_OR_RETURN(const auto upload, context_.manager->BeginDeploy(FromHeader(first.header(), actor)));
  TFLD_RETURN_IF_ERROR(Receive(stream, *upload));
  if (call.IsCancelled()) return Cancelled("the client went away while it sent the package");
  const auto progress = [&stream](VersionState state, std::string_view detail) {
    v1::DeployEvent event;
    event.set_state(ToProto(state));
    event.set_detail(std::string(detail));
    stream.Write(event);  // a client that has gone away stops nothing
  };
  TFLD_ASSIGN_OR_RETURN(const VersionStatus status, upload->Finish(progress));
  v1::DeployEvent last;
  last.set_state(ToProto(status.state));
  ToProto(status, *last.mutable_version());
  stream.Write(last);
  return {};
}

void AdminService::DescribeDaemon(v1::DaemonStats& out) const {
  const SchedulerStats scheduler = context_.scheduler->stats();
  out.set_version(context_.daemon.version);
  out.set_pid(getpid());
  out.set_uptime_seconds(std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count());
  out.set_executors(static_cast<std::uint32_t>(scheduler.executors));
  out.set_executors_busy(static_cast<std::uint32_t>(scheduler.busy));
  out.set_queue_depth(scheduler.queued);
  if (context_.inference_connections) out.set_connections(context_.inference_connections());
}

// Whatever was asked for or is in service: counts of a version that is gone stay visible.
void AdminService::DescribeModels(const std::string& model, v1::GetStatsResponse& response) const {
  std::vector<VersionRequestStats> all = context_.stats->Snapshot(model);
  const auto in_service = context_.map->Snapshot();
  for (const auto& served : in_service) {
    if (!model.empty() && served->model != model) continue;
    const bool counted = std::any_of(all.begin(), all.end(), [&](const VersionRequestStats& stats) {
      return stats.model == served->model && stats.version == served->version;
    });
    if (counted) continue;
    all.emplace_back().model = served->model;
    all.back().version = served->version;
  }
  std::sort(all.begin(), all.end(), [](const VersionRequestStats& a, const VersionRequestStats& b) {
    return a.model != b.model ? a.model < b.model : a.version < b.version;
  });
  for (const VersionRequestStats& stats : all) {
    v1::ModelStats& out = *response.add_models();
    ToProto(stats, out);
    for (const auto& served : in_service) {
      if (served->model != stats.model || served->version != stats.version) continue;
      const engine::MemoryUsage memory = served->instance->executable().memory();
      out.set_active(true);
      out.mutable_memory()->set_weights(memory.weight_bytes);
      out.mutable_memory()->set_packed(memory.packed_bytes);
      out.mutable_memory()->set_arenas(memory.arena_bytes * static_cast<std::size_t>(served->instance->sessions()));
    }
  }
}

}  // namespace

std::shared_ptr<grpc::Service> NewAdminService(const AdminContext& context) {
  return std::make_shared<AdminService>(context);
}

}  // namespace tfld::daemon
