#include "tests/daemon/rpc/rpc_fixture.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <thread>
#include <utility>

#include "daemon/rpc/inference_service.h"
#include "tests/daemon/scheduler/fake_job.h"
#include "tests/support/unix_socket.h"

namespace tfld::test {
namespace {

daemon::SchedulerOptions SchedulerOptions() {
  daemon::SchedulerOptions options;
  options.executors = 1;
  options.queue_capacity = 2;
  return options;
}

}  // namespace

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& path) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel("unix:" + path, grpc::InsecureChannelCredentials(), arguments);
}

RpcFixture::RpcFixture(const daemon::RpcServerOptions& options, bool managing, std::chrono::nanoseconds spin)
    : scheduler(SchedulerOptions()) {
  Publish("echo", 3, {{engine::ElementType::kFloat32, {1, 4}}});
  daemon::InferenceContext context;
  context.scheduler = &scheduler;
  context.map = &map;
  context.stats = &stats;
  context.observers = {&stats};
  context.readiness = &readiness;
  context.peers = peers;
  context.regions = &regions;
  context.manager = &manager;
  context.traces = &traces;
  context.managing = managing;
  context.spin = spin;
  context.admin_socket = "/run/tfld/admin.sock";
  auto started = daemon::RpcServer::Start(ListenOn(path), peers, {daemon::NewInferenceService(context)}, options);
  EXPECT_TRUE(started.ok()) << started.status().ToString();
  server = std::move(*started);
}

RpcFixture::~RpcFixture() {
  scheduler.Stop(daemon::SteadyTime{});
  server->Stop(daemon::SteadyTime{});
}

void RpcFixture::Publish(const std::string& model, std::uint64_t version, const std::vector<EchoTensor>& tensors) {
  auto served = std::make_shared<daemon::ServedVersion>();
  served->model = model;
  served->version = version;
  served->instance = EchoInstance(tensors, 1);
  map.Publish(served);
}

std::unique_ptr<inference::GRPCInferenceService::Stub> RpcFixture::NewStub() const {
  return inference::GRPCInferenceService::NewStub(ChannelTo(path));
}

std::shared_ptr<std::latch> RpcFixture::Occupy() {
  auto started = std::make_shared<std::latch>(1);
  auto release = std::make_shared<std::latch>(1);
  auto job =
      std::make_unique<FakeJob>(std::make_shared<JobRecord>(), (*map.Acquire("echo", ""))->instance, [=]() -> Status {
        started->count_down();
        release->wait();
        return {};
      });
  EXPECT_TRUE(Submit(scheduler, std::move(job)).ok());
  started->wait();
  return release;
}

bool RpcFixture::Enqueue() {
  auto job = std::make_unique<FakeJob>(std::make_shared<JobRecord>(), (*map.Acquire("echo", ""))->instance);
  return Submit(scheduler, std::move(job)).ok();
}

void RpcFixture::WaitUntilQueued(std::size_t count) const {
  while (scheduler.stats().queued < count) std::this_thread::yield();
}

std::uint64_t RpcFixture::Counted(const std::string& model, StatusCode code) const {
  const auto versions = stats.Snapshot(model);
  return versions.empty() ? 0 : versions[0].requests[static_cast<std::size_t>(code)];
}

inference::ModelInferRequest EchoRequest() {
  inference::ModelInferRequest request;
  request.set_model_name("echo");
  auto& input = *request.add_inputs();
  input.set_name("in0");
  input.set_datatype("FP32");
  input.add_shape(1);
  input.add_shape(4);
  request.add_raw_input_contents("abcdefghijklmnop");
  return request;
}

}  // namespace tfld::test
