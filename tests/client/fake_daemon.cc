#include "tests/client/fake_daemon.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include "inference/grpc_service.grpc.pb.h"

namespace tfld::test {
namespace {

using grpc::ServerContext;

class Service final : public inference::GRPCInferenceService::Service {
 public:
  grpc::Status ServerLive(ServerContext*, const inference::ServerLiveRequest*,
                          inference::ServerLiveResponse* response) override {
    response->set_live(true);
    return grpc::Status::OK;
  }

  grpc::Status ServerReady(ServerContext*, const inference::ServerReadyRequest*,
                           inference::ServerReadyResponse* response) override {
    response->set_ready(true);
    return grpc::Status::OK;
  }

  grpc::Status ModelMetadata(ServerContext*, const inference::ModelMetadataRequest* request,
                             inference::ModelMetadataResponse* response) override {
    const std::string& name = request->name();
    if (name != "scale" && name != "open" && name != "words") {
      return {grpc::StatusCode::NOT_FOUND, "there is no model " + name};
    }
    response->set_name(name);
    const std::string datatype = name == "words" ? "BYTES" : "FP32";
    const std::vector<int> shape = name == "words" ? std::vector<int>{2} : std::vector<int>{1, name == "open" ? -1 : 4};
    auto* input = response->add_inputs();
    input->set_name(other_input ? "w" : "x");
    auto* output = response->add_outputs();
    output->set_name("y");
    for (auto* tensor : {input, output}) {
      tensor->set_datatype(datatype);
      for (const int size : shape) tensor->add_shape(size);
    }
    return grpc::Status::OK;
  }

  grpc::Status ModelInfer(ServerContext* context, const inference::ModelInferRequest* request,
                          inference::ModelInferResponse* response) override {
    ++inferences;
    if (other_input && request->inputs(0).name() != "w") return {grpc::StatusCode::INVALID_ARGUMENT, "no input x"};
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(delay_ms.load());
    while (std::chrono::steady_clock::now() < end && !context->IsCancelled()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    response->set_model_name(request->model_name());
    response->set_model_version(std::to_string(version.load()));
    auto* output = response->add_outputs();
    output->set_name(renamed ? "z" : "y");
    output->set_datatype(request->inputs(0).datatype());
    *output->mutable_shape() = request->inputs(0).shape();
    *response->add_raw_output_contents() = Answer(request->model_name(), request->raw_input_contents(0));
    return grpc::Status::OK;
  }

  std::atomic<int> version{1};
  std::atomic<float> factor{2};
  std::atomic<bool> renamed{false};
  std::atomic<bool> other_input{false};
  std::atomic<int> delay_ms{0};
  std::atomic<int> inferences{0};

 private:
  std::string Answer(const std::string& model, const std::string& input) const {
    if (model == "words") {  // two strings of the same length change places
      return input.substr(input.size() / 2) + input.substr(0, input.size() / 2);
    }
    std::string output = input;
    for (std::size_t at = 0; at + sizeof(float) <= output.size(); at += sizeof(float)) {
      float value = 0;
      std::memcpy(&value, &output[at], sizeof(float));
      value *= factor;
      std::memcpy(&output[at], &value, sizeof(float));
    }
    return output;
  }
};

}  // namespace

struct FakeDaemon::Impl {
  Service service;
  std::unique_ptr<grpc::Server> server;
};

FakeDaemon::FakeDaemon(const std::filesystem::path& runtime_dir) : impl_(std::make_unique<Impl>()) {
  const std::filesystem::path socket = runtime_dir / "tfld.sock";
  std::filesystem::remove(socket);
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:" + socket.string(), grpc::InsecureServerCredentials());
  builder.RegisterService(&impl_->service);
  impl_->server = builder.BuildAndStart();
}

FakeDaemon::~FakeDaemon() { impl_->server->Shutdown(std::chrono::system_clock::now()); }

void FakeDaemon::Serve(int version, float factor) {
  impl_->service.version = version;
  impl_->service.factor = factor;
}

void FakeDaemon::RenameOutput() { impl_->service.renamed = true; }

void FakeDaemon::RenameInput() { impl_->service.other_input = true; }

void FakeDaemon::Delay(std::chrono::milliseconds delay) { impl_->service.delay_ms = static_cast<int>(delay.count()); }

int FakeDaemon::inferences() const { return impl_->service.inferences; }

}  // namespace tfld::test
