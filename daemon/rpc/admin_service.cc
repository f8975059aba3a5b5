#include "daemon/rpc/admin_service.h"

#include <grpcpp/support/server_callback.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <span>

#include "daemon/lifecycle/manager.h"
#include "daemon/rpc/admin_convert.h"
#include "daemon/rpc/admin_stats.h"
#include "daemon/rpc/admin_streams.h"
#include "daemon/rpc/blocking_stream.h"
#include "daemon/rpc/call_threads.h"
#include "daemon/rpc/peer_registry.h"
#include "daemon/rpc/setting_calls.h"
#include "daemon/rpc/status_map.h"
#include "daemon/scheduler/scheduler.h"
#include "daemon/telemetry/log.h"
#include "daemon/telemetry/log_format.h"
#include "daemon/telemetry/user_names.h"
#include "engine/base/str_cat.h"
#include "tfld/v1/admin.grpc.pb.h"

namespace tfld::daemon {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;
using DeployStream = BlockingStream<v1::DeployRequest, v1::DeployEvent>;

constexpr std::size_t kMaxChunkBytes = std::size_t{1} << 20;

// Takes the parts of a package off the stream until the client closes its side.
Status Receive(DeployStream& stream, Upload& upload) {
  v1::DeployRequest part;
  while (stream.Read(part)) {
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

class AdminService final : public v1::Admin::CallbackService {
 public:
  explicit AdminService(const AdminContext& context) : context_(context) {}

  DeployStream* Deploy(CallbackServerContext* call) override {
    auto* stream = new DeployStream;
    return OnThread(*call, stream, [=, this](const std::string& actor) { return DoDeploy(*call, actor, *stream); });
  }

  ServerUnaryReactor* Activate(CallbackServerContext* call, const v1::ActivateRequest* request,
                               v1::ActivateResponse* response) override {
    return Answer(*call, [=, this](const std::string& actor) -> Status {
      TFLD_ASSIGN_OR_RETURN(const auto status, context_.manager->Activate(request->model(), request->version(), actor));
      ToProto(status, *response->mutable_version());
      return {};
    });
  }

  ServerUnaryReactor* Rollback(CallbackServerContext* call, const v1::RollbackRequest* request,
                               v1::RollbackResponse* response) override {
    return Answer(*call, [=, this](const std::string& actor) -> Status {
      std::optional<std::uint64_t> version;
      if (request->has_version()) version = request->version();
      TFLD_ASSIGN_OR_RETURN(const auto status, context_.manager->Rollback(request->model(), version, actor));
      ToProto(status, *response->mutable_version());
      return {};
    });
  }

  ServerUnaryReactor* SetLabel(CallbackServerContext* call, const v1::SetLabelRequest* request,
                               v1::SetLabelResponse* response) override {
    return Answer(*call, [=, this](const std::string& actor) -> Status {
      TFLD_ASSIGN_OR_RETURN(const auto status,
                            context_.manager->SetLabel(request->model(), request->label(), request->version(), actor));
      ToProto(status, *response->mutable_version());
      return {};
    });
  }

  ServerUnaryReactor* RemoveLabel(CallbackServerContext* call, const v1::RemoveLabelRequest* request,
                                  v1::RemoveLabelResponse*) override {
    return Answer(*call, [=, this](const std::string& actor) {
      return context_.manager->RemoveLabel(request->model(), request->label(), actor);
    });
  }

  ServerUnaryReactor* Remove(CallbackServerContext* call, const v1::RemoveRequest* request,
                             v1::RemoveResponse*) override {
    return Answer(*call, [=, this](const std::string& actor) {
      std::optional<std::uint64_t> version;
      if (request->has_version()) version = request->version();
      return context_.manager->Remove(request->model(), version, actor);
    });
  }

  ServerUnaryReactor* ListModels(CallbackServerContext* call, const v1::ListModelsRequest*,
                                 v1::ListModelsResponse* response) override {
    return Answer(*call, [=, this](const std::string&) -> Status {
      for (const ModelStatus& model : context_.manager->List()) ToProto(model, *response->add_models());
      return {};
    });
  }

  ServerUnaryReactor* GetModel(CallbackServerContext* call, const v1::GetModelRequest* request,
                               v1::GetModelResponse* response) override {
    return Answer(*call, [=, this](const std::string&) -> Status {
      TFLD_ASSIGN_OR_RETURN(const auto status, context_.manager->Get(request->model()));
      ToProto(status, *response->mutable_model());
      return {};
    });
  }

  ServerUnaryReactor* GetHistory(CallbackServerContext* call, const v1::GetHistoryRequest* request,
                                 v1::GetHistoryResponse* response) override {
    return Answer(*call, [=, this](const std::string&) -> Status {
      TFLD_ASSIGN_OR_RETURN(const auto events, context_.manager->History(request->model()));
      const std::size_t limit = request->limit() == 0 ? events.size() : request->limit();
      const std::size_t skip = events.size() - std::min(limit, events.size());
      for (std::size_t i = skip; i < events.size(); ++i) ToProto(events[i], *response->add_events());
      return {};
    });
  }

  ServerUnaryReactor* GetStats(CallbackServerContext* call, const v1::GetStatsRequest* request,
                               v1::GetStatsResponse* response) override {
    return Answer(*call, [=, this](const std::string&) -> Status {
      return DescribeStats(context_, *request, names_, *response);
    });
  }

  BlockingWriter<v1::TraceResponse>* Trace(CallbackServerContext* call, const v1::TraceRequest* request) override {
    auto* writer = new BlockingWriter<v1::TraceResponse>;
    return OnThread(*call, writer, [=, this](const std::string&) -> Status {
      TFLD_RETURN_IF_ERROR(CheckKnown(context_, request->model()));
      return StreamTraces(*context_.tracer, *request, StreamOf(*call, *writer));
    });
  }

  BlockingWriter<v1::WatchResponse>* Watch(CallbackServerContext* call, const v1::WatchRequest* request) override {
    auto* writer = new BlockingWriter<v1::WatchResponse>;
    return OnThread(*call, writer, [=, this](const std::string&) {
      return StreamEvents(*context_.events, *request, StreamOf(*call, *writer));
    });
  }

  ServerUnaryReactor* SetLogLevel(CallbackServerContext* call, const v1::SetLogLevelRequest* request,
                                  v1::SetLogLevelResponse* response) override {
    return Answer(*call, [=](const std::string& actor) { return SetLevelByName(request->level(), actor, *response); });
  }

  ServerUnaryReactor* GetServerInfo(CallbackServerContext* call, const v1::GetServerInfoRequest*,
                                    v1::GetServerInfoResponse* response) override {
    return Answer(*call, [=, this](const std::string&) -> Status {
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
  Result<std::string> ActorOf(const CallbackServerContext& call) const {
    const std::shared_ptr<const PeerIdentity> peer = context_.peers->Find(call.peer());
    if (!peer) return Status(StatusCode::kUnauthenticated, "it is not known who calls");
    return peer->ToString();
  }

  // Ends the call with what `method` says on a thread of its own. What gRPC gave for the call lives until then.
  template <typename Reactor, typename Method>
  Reactor* OnThread(const CallbackServerContext& call, Reactor* reactor, Method method) {
    const Result<std::string> actor = ActorOf(call);
    Status status = actor.status();
    if (status.ok()) {
      status = threads_.Start([reactor, method, actor = *actor] { reactor->Finish(ToGrpc(method(actor))); });
    }
    if (!status.ok()) reactor->Finish(ToGrpc(status));
    return reactor;
  }

  template <typename Method>
  ServerUnaryReactor* Answer(CallbackServerContext& call, Method method) {
    return OnThread(call, call.DefaultReactor(), std::move(method));
  }

  Status DoDeploy(const CallbackServerContext& call, const std::string& actor, DeployStream& stream);
  static Status SetLevelByName(const std::string& name, const std::string& actor, v1::SetLogLevelResponse& out);

  template <typename Message>
  static AdminStream<Message> StreamOf(const CallbackServerContext& call, BlockingWriter<Message>& writer) {
    return {[&writer](const Message& message) { return writer.Write(message); },
            [&call] { return call.IsCancelled(); }};
  }

  const AdminContext context_;
  UserNames names_{UserNames::FromSystem};
  CallThreads threads_;  // the last member: the others outlive what runs there
};

// An upload that is dropped on the way leaves no trace.
Status AdminService::DoDeploy(const CallbackServerContext& call, const std::string& actor, DeployStream& stream) {
  v1::DeployRequest first;
  if (!stream.Read(first) || !first.has_header()) {
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

Status AdminService::SetLevelByName(const std::string& name, const std::string& actor, v1::SetLogLevelResponse& out) {
  static constexpr LogLevel kLevels[] = {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError};
  out.set_previous(std::string(LogLevelName(CurrentLogLevel())));
  out.set_level(out.previous());
  if (name.empty()) return {};
  for (const LogLevel level : kLevels) {
    if (name != LogLevelName(level)) continue;
    ChangeLogLevel(level, actor);
    out.set_level(name);
    return {};
  }
  return InvalidArgument(StrCat("'", name, "' is no level of the log: debug, info, warning or error"));
}

}  // namespace

NamedService NewAdminService(const AdminContext& context) {
  return {v1::Admin::service_full_name(), std::make_shared<AdminService>(context)};
}

}  // namespace tfld::daemon
