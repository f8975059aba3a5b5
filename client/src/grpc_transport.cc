#include "client/src/grpc_transport.h"

#include <utility>

#include "client/src/grpc_bound_model.h"
#include "client/src/grpc_channel.h"
#include "client/src/grpc_connection.h"
#include "client/src/socket_probe.h"
#include "engine/base/str_cat.h"
#include "inference/grpc_service.grpc.pb.h"

namespace tfld::client {
namespace {

class GrpcTransport final : public Transport {
 public:
  GrpcTransport(const std::string& socket_path, std::size_t max_message_bytes)
      : connection_(std::make_shared<GrpcConnection>(socket_path, OpenChannel(socket_path, max_message_bytes))) {}

  Status Connect(std::chrono::nanoseconds wait) override {
    grpc::ClientContext context;
    const bool waits = wait > std::chrono::nanoseconds::zero();
    context.set_wait_for_ready(waits);
    SetTimeout(context, waits ? wait : kPatience);
    inference::ServerLiveResponse response;
    const grpc::Status status = connection_->stub->ServerLive(&context, {}, &response);
    if (waits && status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
      return Unavailable(StrCat("no daemon answered on ", connection_->socket_path, " in the time to wait"));
    }
    return FromGrpc(status, connection_->socket_path);
  }

  Status CheckReady() override {
    grpc::ClientContext context;
    SetTimeout(context, kPatience);
    inference::ServerReadyResponse response;
    const grpc::Status status = connection_->stub->ServerReady(&context, {}, &response);
    TFLD_RETURN_IF_ERROR(FromGrpc(status, connection_->socket_path));
    return response.ready() ? Status() : Unavailable("the daemon is not ready: its models are still loading");
  }

  Result<std::vector<std::unique_ptr<BoundModel>>> Bind(const std::string& model, const std::string& version,
                                                        std::size_t slots) override {
    TFLD_ASSIGN_OR_RETURN(const ModelInfo info, AskModelInfo(*connection_, model, version));
    std::vector<std::unique_ptr<BoundModel>> bound;
    for (std::size_t slot = 0; slot < slots; ++slot) {
      TFLD_ASSIGN_OR_RETURN(auto one, MakeGrpcBoundModel(connection_, info, version));
      bound.push_back(std::move(one));
    }
    return bound;
  }

 private:
  std::shared_ptr<GrpcConnection> connection_;
};

}  // namespace

std::shared_ptr<Transport> MakeGrpcTransport(const std::string& socket_path, std::size_t max_message_bytes) {
  return std::make_shared<GrpcTransport>(socket_path, max_message_bytes);
}

}  // namespace tfld::client
