#include "tests/bench/serving/echo.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <unistd.h>

#include "echo.grpc.pb.h"
#include "engine/base/str_cat.h"

namespace tfld::bench {
namespace {

constexpr int kMessageBytes = 64 << 20;

class EchoService final : public Echo::CallbackService {
 public:
  grpc::ServerUnaryReactor* Send(grpc::CallbackServerContext* call, const Blob* request, Blob* response) override {
    response->set_data(request->data());
    grpc::ServerUnaryReactor* reactor = call->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

int RunEchoServer(const std::string& socket_path) {
  EchoService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(StrCat("unix:", socket_path), grpc::InsecureServerCredentials());
  builder.SetMaxReceiveMessageSize(kMessageBytes);
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  if (!server) return 1;
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  server->Shutdown();
  return 0;
}

struct EchoClient::Impl {
  std::unique_ptr<Echo::Stub> stub;
  Blob request, response;
};

EchoClient::EchoClient(const std::string& socket_path) : impl_(std::make_unique<Impl>()) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMessageBytes);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  impl_->stub = Echo::NewStub(
      grpc::CreateCustomChannel(StrCat("unix:", socket_path), grpc::InsecureChannelCredentials(), arguments));
}

EchoClient::~EchoClient() = default;

Status EchoClient::Echo(std::size_t size) {
  if (impl_->request.data().size() != size) impl_->request.mutable_data()->assign(size, '\0');
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  const grpc::Status status = impl_->stub->Send(&context, impl_->request, &impl_->response);
  if (!status.ok()) return Unavailable(StrCat("echo: ", status.error_message()));
  if (impl_->response.data().size() != size) return Internal("the echo has another size");
  return {};
}

}  // namespace tfld::bench
