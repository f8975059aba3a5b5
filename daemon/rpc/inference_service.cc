#include "daemon/rpc/inference_service.h"

#include <grpcpp/support/server_callback.h>

#include <memory>
#include <string>
#include <string_view>

#include "daemon/identity/peer_identity.h"
#include "daemon/lifecycle/manager.h"
#include "daemon/lifecycle/readiness.h"
#include "daemon/lifecycle/serving_map.h"
#include "daemon/lifecycle/worker.h"
#include "daemon/rpc/infer_stream.h"
#include "daemon/rpc/message_memory.h"
#include "daemon/rpc/message_pool.h"
#include "daemon/rpc/model_description.h"
#include "daemon/rpc/model_statistics.h"
#include "daemon/rpc/peer_registry.h"
#include "daemon/rpc/region_calls.h"
#include "daemon/rpc/repository_calls.h"
#include "daemon/rpc/setting_calls.h"
#include "daemon/rpc/spin_after_request.h"
#include "daemon/rpc/status_map.h"
#include "daemon/telemetry/log.h"
#include "engine/base/str_cat.h"
#include "inference/grpc_service.grpc.pb.h"
#include "tfld/engine.h"

namespace tfld::daemon {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

// Calls that manage and wait for their turn; they go to a thread of their own, so that gRPC's never wait.
constexpr std::size_t kMaxManaging = 64;
constexpr const char* kExtensions[] = {"classification",  "model_configuration", "model_repository",     "parameters",
                                       "schedule_policy", "statistics",          "system_shared_memory", "trace",
                                       "logging"};

class InferenceService final : public inference::GRPCInferenceService::CallbackService {
 public:
  explicit InferenceService(const InferenceContext& context) : context_(context) {
    SetMessageAllocatorFor_ModelInfer(&messages_);
    if (context.managing)
      worker_ = std::make_unique<Worker>(WorkerOptions{.name = "tfld-manage", .max_waiting = kMaxManaging});
  }

  ServerUnaryReactor* ModelInfer(CallbackServerContext* call, const inference::ModelInferRequest* request,
                                 inference::ModelInferResponse* response) override {
    const SpinAfterRequest spins(context_.spin);
    ServerUnaryReactor* reactor = call->DefaultReactor();
    auto& holder = *static_cast<MessagePool::Holder*>(call->GetRpcAllocatorState());
    holder.job.emplace(context_, *call, *reactor);
    holder.job->Start(CallerOf(*call).get(), *request, MemoryOf(*request), *response);
    return reactor;
  }

  ServerUnaryReactor* ServerLive(CallbackServerContext* call, const inference::ServerLiveRequest*,
                                 inference::ServerLiveResponse* response) override {
    return Answer(call, [&]() -> Status {
      response->set_live(true);
      return {};
    });
  }

  ServerUnaryReactor* ServerReady(CallbackServerContext* call, const inference::ServerReadyRequest*,
                                  inference::ServerReadyResponse* response) override {
    return Answer(call, [&]() -> Status {
      response->set_ready(ready());
      return {};
    });
  }

  // A model that is not there is not ready: no error, as clients of this call expect.
  ServerUnaryReactor* ModelReady(CallbackServerContext* call, const inference::ModelReadyRequest* request,
                                 inference::ModelReadyResponse* response) override {
    return Answer(call, [&]() -> Status {
      response->set_ready(ready() && context_.map->Acquire(request->name(), request->version()).ok());
      return {};
    });
  }

  ServerUnaryReactor* ServerMetadata(CallbackServerContext* call, const inference::ServerMetadataRequest*,
                                     inference::ServerMetadataResponse* response) override {
    return Answer(call, [&]() -> Status {
      response->set_name("tfld");
      response->set_version(std::string(engine::Version()));
      for (const char* extension : kExtensions) response->add_extensions(extension);
      return {};
    });
  }

  ServerUnaryReactor* ModelMetadata(CallbackServerContext* call, const inference::ModelMetadataRequest* request,
                                    inference::ModelMetadataResponse* response) override {
    return Answer(call, [&]() -> Status {
      TFLD_ASSIGN_OR_RETURN(const auto served, context_.map->Acquire(request->name(), request->version()));
      DescribeMetadata(*served, *context_.map, *response);
      return {};
    });
  }

  ServerUnaryReactor* ModelConfig(CallbackServerContext* call, const inference::ModelConfigRequest* request,
                                  inference::ModelConfigResponse* response) override {
    return Answer(call, [&]() -> Status {
      TFLD_ASSIGN_OR_RETURN(const auto served, context_.map->Acquire(request->name(), request->version()));
      DescribeConfig(*served, *context_.map, *response->mutable_config());
      return {};
    });
  }

  ServerUnaryReactor* ModelStatistics(CallbackServerContext* call, const inference::ModelStatisticsRequest* request,
                                      inference::ModelStatisticsResponse* response) override {
    return Answer(call, [&] { return ReportStatistics(*context_.map, *context_.stats, *request, *response); });
  }

  ServerUnaryReactor* RepositoryIndex(CallbackServerContext* call, const inference::RepositoryIndexRequest* request,
                                      inference::RepositoryIndexResponse* response) override {
    return Answer(call, [&] { return IndexRepository(*context_.manager, *request, *response); });
  }

  ServerUnaryReactor* RepositoryModelLoad(CallbackServerContext* call,
                                          const inference::RepositoryModelLoadRequest* request,
                                          inference::RepositoryModelLoadResponse*) override {
    return Manage(call, "load models",
                  [this, request](const std::string& actor) { return LoadModel(*context_.manager, *request, actor); });
  }

  ServerUnaryReactor* RepositoryModelUnload(CallbackServerContext* call,
                                            const inference::RepositoryModelUnloadRequest* request,
                                            inference::RepositoryModelUnloadResponse*) override {
    return Manage(call, "unload models", [this, request](const std::string& actor) {
      return UnloadModel(*context_.manager, *request, actor);
    });
  }

  ServerUnaryReactor* SystemSharedMemoryStatus(CallbackServerContext* call,
                                               const inference::SystemSharedMemoryStatusRequest* request,
                                               inference::SystemSharedMemoryStatusResponse* response) override {
    return AnswerCaller(call, [&](const PeerIdentity& caller) {
      return ReportRegions(*context_.regions, caller, *request, *response);
    });
  }

  ServerUnaryReactor* SystemSharedMemoryRegister(CallbackServerContext* call,
                                                 const inference::SystemSharedMemoryRegisterRequest* request,
                                                 inference::SystemSharedMemoryRegisterResponse*) override {
    return AnswerCaller(
        call, [&](const PeerIdentity& caller) { return RegisterRegion(*context_.regions, caller, *request); });
  }

  ServerUnaryReactor* SystemSharedMemoryUnregister(CallbackServerContext* call,
                                                   const inference::SystemSharedMemoryUnregisterRequest* request,
                                                   inference::SystemSharedMemoryUnregisterResponse*) override {
    return AnswerCaller(
        call, [&](const PeerIdentity& caller) { return UnregisterRegion(*context_.regions, caller, *request); });
  }

  ServerUnaryReactor* CudaSharedMemoryStatus(CallbackServerContext* call,
                                             const inference::CudaSharedMemoryStatusRequest*,
                                             inference::CudaSharedMemoryStatusResponse*) override {
    return Answer(call, [] { return NotOffered("CUDA shared memory"); });
  }

  ServerUnaryReactor* CudaSharedMemoryRegister(CallbackServerContext* call,
                                               const inference::CudaSharedMemoryRegisterRequest*,
                                               inference::CudaSharedMemoryRegisterResponse*) override {
    return Answer(call, [] { return NotOffered("CUDA shared memory"); });
  }

  ServerUnaryReactor* CudaSharedMemoryUnregister(CallbackServerContext* call,
                                                 const inference::CudaSharedMemoryUnregisterRequest* request,
                                                 inference::CudaSharedMemoryUnregisterResponse*) override {
    return Answer(call, [&] { return request->name().empty() ? Status() : NotOffered("CUDA shared memory"); });
  }

  ServerUnaryReactor* TraceSetting(CallbackServerContext* call, const inference::TraceSettingRequest* request,
                                   inference::TraceSettingResponse* response) override {
    return AnswerCaller(call, [&](const PeerIdentity& caller) -> Status {
      TFLD_RETURN_IF_ERROR(CheckMayChange(*request, "change trace settings"));
      if (!request->model_name().empty()) {
        TFLD_RETURN_IF_ERROR(context_.manager->Get(request->model_name()).status());
      }
      TFLD_RETURN_IF_ERROR(ApplyTraceSettings(*context_.traces, *request, *response));
      if (ChangesSettings(*request)) Log(LogLevel::kInfo, "trace settings", {{"actor", caller.ToString()}});
      return {};
    });
  }

  ServerUnaryReactor* LogSettings(CallbackServerContext* call, const inference::LogSettingsRequest* request,
                                  inference::LogSettingsResponse* response) override {
    return AnswerCaller(call, [&](const PeerIdentity& caller) -> Status {
      TFLD_RETURN_IF_ERROR(CheckMayChange(*request, "change log settings"));
      return ApplyLogSettings(*request, caller.ToString(), *response);
    });
  }

  InferStreamReactor* ModelStreamInfer(CallbackServerContext* call) override { return NewInferStream(context_, *call); }

 private:
  std::shared_ptr<const PeerIdentity> CallerOf(const CallbackServerContext& call) const {
    return context_.peers->Find(call.peer());
  }

  static Status Unknown() { return {StatusCode::kUnauthenticated, "it is not known who calls"}; }

  // Runs a method whose answer is at hand, for callers that are known.
  template <typename Method>
  ServerUnaryReactor* AnswerCaller(CallbackServerContext* call, Method method) {
    ServerUnaryReactor* reactor = call->DefaultReactor();
    const auto caller = CallerOf(*call);
    reactor->Finish(ToGrpc(caller ? method(*caller) : Unknown()));
    return reactor;
  }

  template <typename Method>
  ServerUnaryReactor* Answer(CallbackServerContext* call, Method method) {
    return AnswerCaller(call, [&](const PeerIdentity&) { return method(); });
  }

  // Runs a method that changes what is served, where that is allowed, on a thread that may wait. The request lives
  // until the call ends.
  template <typename Method>
  ServerUnaryReactor* Manage(CallbackServerContext* call, std::string_view what, Method method) {
    ServerUnaryReactor* reactor = call->DefaultReactor();
    const auto caller = CallerOf(*call);
    Status status = caller ? CheckManaging(what) : Unknown();
    if (status.ok()) {
      const auto work = [reactor, method, actor = caller->ToString()] { reactor->Finish(ToGrpc(method(actor))); };
      if (worker_->Post(work)) return reactor;
      status = ResourceExhausted("too many calls that manage models wait");
    }
    reactor->Finish(ToGrpc(status));
    return reactor;
  }

  bool ready() const { return context_.readiness->serving(); }

  Status CheckManaging(std::string_view what) const {
    if (context_.managing) return {};
    return PermissionDenied(
        StrCat("to ", what, ", call this on the admin socket, ", context_.admin_socket, ", or use tfld-ctl"));
  }

  template <typename Request>
  Status CheckMayChange(const Request& request, std::string_view what) const {
    return ChangesSettings(request) ? CheckManaging(what) : Status();
  }

  static Status NotOffered(std::string_view what) { return Unimplemented(StrCat("this server does not offer ", what)); }

  const InferenceContext context_;
  MessagePool messages_;
  std::unique_ptr<Worker> worker_;  // where the calls that manage act
};

}  // namespace

NamedService NewInferenceService(const InferenceContext& context) {
  return {inference::GRPCInferenceService::service_full_name(), std::make_shared<InferenceService>(context)};
}

}  // namespace tfld::daemon
