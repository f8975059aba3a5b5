#include "daemon/rpc/inference_service.h"

#include <grpcpp/support/server_callback.h>

#include <string>

#include "daemon/lifecycle/serving_map.h"
#include "daemon/rpc/infer_job.h"
#include "daemon/rpc/model_description.h"
#include "daemon/rpc/model_statistics.h"
#include "daemon/rpc/peer_registry.h"
#include "daemon/rpc/status_map.h"
#include "engine/base/str_cat.h"
#include "inference/grpc_service.grpc.pb.h"
#include "tfld/engine.h"

namespace tfld::daemon {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

constexpr const char* kExtensions[] = {"classification", "model_configuration", "statistics"};

class InferenceService final : public inference::GRPCInferenceService::CallbackService {
 public:
  explicit InferenceService(const InferenceContext& context) : context_(context) {}

  ServerUnaryReactor* ModelInfer(CallbackServerContext* call, const inference::ModelInferRequest* request,
                                 inference::ModelInferResponse* response) override {
    ServerUnaryReactor* reactor = call->DefaultReactor();
    StartInference(context_, *call, *request, *response, *reactor);
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
      DescribeMetadata(*served, *response);
      return {};
    });
  }

  ServerUnaryReactor* ModelConfig(CallbackServerContext* call, const inference::ModelConfigRequest* request,
                                  inference::ModelConfigResponse* response) override {
    return Answer(call, [&]() -> Status {
      TFLD_ASSIGN_OR_RETURN(const auto served, context_.map->Acquire(request->name(), request->version()));
      DescribeConfig(*served, *response->mutable_config());
      return {};
    });
  }

  ServerUnaryReactor* ModelStatistics(CallbackServerContext* call, const inference::ModelStatisticsRequest* request,
                                      inference::ModelStatisticsResponse* response) override {
    return Answer(call, [&] { return ReportStatistics(*context_.map, *context_.stats, *request, *response); });
  }

  ServerUnaryReactor* RepositoryIndex(CallbackServerContext* call, const inference::RepositoryIndexRequest*,
                                      inference::RepositoryIndexResponse* response) override {
    return Answer(call, [&]() -> Status {
      for (const auto& served : context_.map->Snapshot()) {
        auto& model = *response->add_models();
        model.set_name(served->model);
        model.set_version(std::to_string(served->version));
        model.set_state("READY");
      }
      return {};
    });
  }

  ServerUnaryReactor* RepositoryModelLoad(CallbackServerContext* call, const inference::RepositoryModelLoadRequest*,
                                          inference::RepositoryModelLoadResponse*) override {
    return Answer(call, [&] { return Managed("loaded"); });
  }

  ServerUnaryReactor* RepositoryModelUnload(CallbackServerContext* call, const inference::RepositoryModelUnloadRequest*,
                                            inference::RepositoryModelUnloadResponse*) override {
    return Answer(call, [&] { return Managed("unloaded"); });
  }

  ServerUnaryReactor* SystemSharedMemoryStatus(CallbackServerContext* call,
                                               const inference::SystemSharedMemoryStatusRequest* request,
                                               inference::SystemSharedMemoryStatusResponse*) override {
    return Answer(call, [&] { return NoRegion(request->name()); });
  }

  ServerUnaryReactor* SystemSharedMemoryRegister(CallbackServerContext* call,
                                                 const inference::SystemSharedMemoryRegisterRequest*,
                                                 inference::SystemSharedMemoryRegisterResponse*) override {
    return Answer(call, [] { return NotOffered("system shared memory"); });
  }

  // Clients unregister everything before they begin, whether they use shared memory or not.
  ServerUnaryReactor* SystemSharedMemoryUnregister(CallbackServerContext* call,
                                                   const inference::SystemSharedMemoryUnregisterRequest* request,
                                                   inference::SystemSharedMemoryUnregisterResponse*) override {
    return Answer(call, [&] { return NoRegion(request->name()); });
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

  ServerUnaryReactor* TraceSetting(CallbackServerContext* call, const inference::TraceSettingRequest*,
                                   inference::TraceSettingResponse*) override {
    return Answer(call, [] { return NotOffered("tracing"); });
  }

  ServerUnaryReactor* LogSettings(CallbackServerContext* call, const inference::LogSettingsRequest*,
                                  inference::LogSettingsResponse*) override {
    return Answer(call, [] { return NotOffered("changing the log's settings over this protocol"); });
  }

  grpc::ServerBidiReactor<inference::ModelInferRequest, inference::ModelStreamInferResponse>* ModelStreamInfer(
      CallbackServerContext*) override {
    class Refusal : public grpc::ServerBidiReactor<inference::ModelInferRequest, inference::ModelStreamInferResponse> {
     public:
      Refusal() { Finish(ToGrpc(NotOffered("inference over a stream: use ModelInfer"))); }
      void OnDone() override { delete this; }
    };
    return new Refusal;
  }

 private:
  // Runs a method whose answer is at hand, for callers that are known.
  template <typename Method>
  ServerUnaryReactor* Answer(CallbackServerContext* call, Method method) {
    ServerUnaryReactor* reactor = call->DefaultReactor();
    const bool known = context_.peers->Find(call->peer()) != nullptr;
    reactor->Finish(ToGrpc(known ? method() : Status(StatusCode::kUnauthenticated, "it is not known who calls")));
    return reactor;
  }

  bool ready() const { return context_.ready->load(std::memory_order_acquire); }

  Status Managed(std::string_view what) const {
    return PermissionDenied(
        StrCat("models are not ", what, " here: use tfld-ctl, or tfld.v1.Admin on ", context_.admin_socket));
  }

  static Status NotOffered(std::string_view what) { return Unimplemented(StrCat("this server does not offer ", what)); }

  // Nobody can have registered a region, so asking for all of them is answered, and for one is an error.
  static Status NoRegion(const std::string& name) {
    return name.empty() ? Status() : NotFound(StrCat("no shared memory region '", name, "' is registered"));
  }

  const InferenceContext context_;
};

}  // namespace

std::shared_ptr<grpc::Service> NewInferenceService(const InferenceContext& context) {
  return std::make_shared<InferenceService>(context);
}

}  // namespace tfld::daemon
