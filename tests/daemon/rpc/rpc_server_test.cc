#include "daemon/rpc/rpc_server.h"

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "tests/daemon/rpc/rpc_fixture.h"

namespace tfld::daemon {
namespace {

using testing::HasSubstr;

// Calls a unary or streaming method by its name with bytes that were encoded by hand, and returns the bytes of the
// first answer: the protocols of health and reflection have no generated code here.
std::string CallByName(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                       const std::string& request, grpc::Status& status) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto next = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return ok;
  };
  const auto call = stub.PrepareCall(&context, method, &queue);
  call->StartCall(nullptr);
  next();
  const grpc::Slice slice(request);
  call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
  next();
  grpc::ByteBuffer answer;
  call->Read(&answer, nullptr);
  const bool answered = next();
  call->Finish(&status, nullptr);
  next();
  grpc::Slice bytes;
  if (!answered || !answer.DumpToSingleSlice(&bytes).ok()) return {};
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

TEST(RpcServerTest, HealthFollowsServing) {
  test::RpcFixture fixture;
  const auto channel = test::ChannelTo(fixture.path);
  grpc::Status status;
  // HealthCheckResponse { status = 1 }: SERVING is 1, NOT_SERVING is 2.
  EXPECT_EQ(CallByName(channel, "/grpc.health.v1.Health/Check", "", status), "\x08\x02");
  EXPECT_TRUE(status.ok()) << status.error_message();
  fixture.server->SetServing(true);
  EXPECT_EQ(CallByName(channel, "/grpc.health.v1.Health/Check", "", status), "\x08\x01");
}

TEST(RpcServerTest, ReflectionListsTheServices) {
  test::RpcFixture fixture;
  grpc::Status status;
  // ServerReflectionRequest { list_services = 7: "" }
  const std::string answer =
      CallByName(test::ChannelTo(fixture.path), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                 std::string("\x3a\x00", 2), status);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(answer, HasSubstr("inference.GRPCInferenceService"));
  EXPECT_THAT(answer, HasSubstr("grpc.health.v1.Health"));
  EXPECT_THAT(answer, HasSubstr("grpc.reflection.v1.ServerReflection"));
  EXPECT_THAT(answer, HasSubstr("grpc.reflection.v1alpha.ServerReflection"));
}

TEST(RpcServerTest, ReflectionDescribesTheHealthService) {
  test::RpcFixture fixture;
  grpc::Status status;
  // ServerReflectionRequest { file_containing_symbol = 4: "grpc.health.v1.Health" }
  const std::string answer =
      CallByName(test::ChannelTo(fixture.path), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                 "\x22\x15grpc.health.v1.Health", status);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(answer, HasSubstr("HealthCheckResponse"));
}

TEST(RpcServerTest, RefusesMessagesAboveTheLimit) {
  RpcServerOptions options;
  options.max_message_bytes = 1 << 20;
  test::RpcFixture fixture(options);
  inference::ModelInferRequest request = test::EchoRequest();
  request.mutable_raw_input_contents(0)->resize(2 << 20);
  grpc::ClientContext context;
  inference::ModelInferResponse response;
  const grpc::Status status = fixture.NewStub()->ModelInfer(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
}

TEST(RpcServerTest, TakesMessagesOfManyMegabytes) {
  test::RpcFixture fixture;
  fixture.Publish("large", 1, {{engine::ElementType::kUInt8, {1, 32 << 20}}});
  inference::ModelInferRequest request;
  request.set_model_name("large");
  auto& input = *request.add_inputs();
  input.set_name("in0");
  input.set_datatype("UINT8");
  input.add_shape(1);
  input.add_shape(32 << 20);
  request.add_raw_input_contents(std::string(32 << 20, 'x'));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  const auto channel = grpc::CreateCustomChannel("unix:" + fixture.path, grpc::InsecureChannelCredentials(), arguments);
  grpc::ClientContext context;
  inference::ModelInferResponse response;
  const auto stub = inference::GRPCInferenceService::NewStub(channel);
  const grpc::Status status = stub->ModelInfer(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.raw_output_contents(0), request.raw_input_contents(0));
}

TEST(RpcServerTest, CountsConnections) {
  test::RpcFixture fixture;
  EXPECT_EQ(fixture.server->connections(), 0u);
  const auto stub = fixture.NewStub();
  grpc::ClientContext context;
  inference::ServerLiveResponse response;
  ASSERT_TRUE(stub->ServerLive(&context, inference::ServerLiveRequest(), &response).ok());
  EXPECT_EQ(fixture.server->connections(), 1u);
}

TEST(RpcServerTest, OpenConnectionsOutliveTheSocket) {
  test::RpcFixture fixture;
  const auto stub = fixture.NewStub();
  inference::ServerLiveResponse response;
  grpc::ClientContext first;
  ASSERT_TRUE(stub->ServerLive(&first, inference::ServerLiveRequest(), &response).ok());
  fixture.server->StopAccepting();
  grpc::ClientContext second;
  EXPECT_TRUE(stub->ServerLive(&second, inference::ServerLiveRequest(), &response).ok());
  fixture.server->Stop(SteadyTime{});
  grpc::ClientContext third;
  EXPECT_EQ(stub->ServerLive(&third, inference::ServerLiveRequest(), &response).error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace tfld::daemon
