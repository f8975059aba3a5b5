#include "daemon/rpc/inference_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "tests/daemon/rpc/inference_service_fixture.h"
#include "tests/daemon/rpc/shared_object.h"

namespace tfld::daemon {
namespace {

using grpc::StatusCode;
using testing::Contains;
using testing::ElementsAre;

TEST_F(InferenceServiceTest, Infers) {
  inference::ModelInferRequest request = test::EchoRequest();
  request.set_id("my id");
  const grpc::Status status = Infer(request);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response_.model_name(), "echo");
  EXPECT_EQ(response_.model_version(), "3");
  EXPECT_EQ(response_.id(), "my id");
  EXPECT_THAT(response_.raw_output_contents(), ElementsAre("abcdefghijklmnop"));
  EXPECT_EQ(fixture_.Counted("echo", tfld::StatusCode::kOk), 1u);
}

TEST_F(InferenceServiceTest, InfersFromTypedContents) {
  inference::ModelInferRequest request = test::EchoRequest();
  request.clear_raw_input_contents();
  for (int i = 0; i < 4; ++i) request.mutable_inputs(0)->mutable_contents()->add_fp32_contents(0);
  ASSERT_TRUE(Infer(request).ok());
  EXPECT_THAT(response_.raw_output_contents(), ElementsAre(std::string(16, '\0')));
}

TEST_F(InferenceServiceTest, NamesAVersion) {
  inference::ModelInferRequest request = test::EchoRequest();
  request.set_model_version("3");
  EXPECT_TRUE(Infer(request).ok());
  request.set_model_version("4");
  ExpectError(Infer(request), StatusCode::NOT_FOUND, "4");
}

TEST_F(InferenceServiceTest, AnswersWithTheVersionThatIsActive) {
  fixture_.Publish("echo", 4, {{engine::ElementType::kFloat32, {1, 4}}});
  ASSERT_TRUE(Infer(test::EchoRequest()).ok());
  EXPECT_EQ(response_.model_version(), "4");
}

TEST_F(InferenceServiceTest, NamesALabel) {
  fixture_.map.SetLabel("echo", "stable", *fixture_.map.Acquire("echo", ""));
  fixture_.Publish("echo", 4, {{engine::ElementType::kFloat32, {1, 4}}});
  inference::ModelInferRequest request = test::EchoRequest();
  request.set_model_version("stable");
  ASSERT_TRUE(Infer(request).ok());
  EXPECT_EQ(response_.model_version(), "3");
  request.set_model_version("canary");
  ExpectError(Infer(request), StatusCode::NOT_FOUND, "'canary'");
}

TEST_F(InferenceServiceTest, UnknownModel) {
  inference::ModelInferRequest request = test::EchoRequest();
  request.set_model_name("nobody");
  ExpectError(Infer(request), StatusCode::NOT_FOUND, "nobody");
  EXPECT_EQ(fixture_.Counted("nobody", tfld::StatusCode::kNotFound), 0u) << "outsiders cannot make counters";
}

TEST_F(InferenceServiceTest, AWrongRequestNamesModelAndTensor) {
  inference::ModelInferRequest request = test::EchoRequest();
  request.mutable_raw_input_contents(0)->resize(3);
  ExpectError(Infer(request), StatusCode::INVALID_ARGUMENT, "model 'echo' version 3: input 'in0': 3 bytes came, 16");
  EXPECT_EQ(fixture_.Counted("echo", tfld::StatusCode::kInvalidArgument), 1u);
}

TEST_F(InferenceServiceTest, WrongParameters) {
  inference::ModelInferRequest request = test::EchoRequest();
  (*request.mutable_parameters())["timeout"].set_string_param("soon");
  ExpectError(Infer(request), StatusCode::INVALID_ARGUMENT, "'timeout'");
  request.clear_parameters();
  (*request.mutable_parameters())["sequence_id"].set_int64_param(7);
  ExpectError(Infer(request), StatusCode::UNIMPLEMENTED, "sequences");
}

TEST_F(InferenceServiceTest, ParametersOfUsualClients) {
  inference::ModelInferRequest request = test::EchoRequest();
  auto& parameters = *request.mutable_parameters();
  parameters["triton_enable_empty_final_response"].set_bool_param(false);
  parameters["priority"].set_uint64_param(1);
  parameters["timeout"].set_int64_param(60'000'000);
  EXPECT_TRUE(Infer(request).ok());
}

// The greatest timeouts of some languages are hundreds of years.
TEST_F(InferenceServiceTest, ADeadlineInAnotherAgeIsNone) {
  for (const std::int64_t hours : {2'562'047, 2'562'048, 30'000'000}) {
    grpc::ClientContext context;
    context.set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_REALTIME), gpr_time_from_hours(hours, GPR_TIMESPAN)));
    const grpc::Status status = stub_->ModelInfer(&context, test::EchoRequest(), &response_);
    EXPECT_TRUE(status.ok()) << hours << ": " << status.error_message();
  }
}

TEST_F(InferenceServiceTest, ErrorsDoNotQuoteAllThatCame) {
  inference::ModelInferRequest request = test::EchoRequest();
  request.mutable_inputs(0)->set_datatype(std::string(1 << 20, 'x'));
  ExpectError(Infer(request), StatusCode::INVALID_ARGUMENT, "FP32 is expected");
  request = test::EchoRequest();
  for (int i = 0; i < (1 << 20); ++i) request.mutable_inputs(0)->add_shape(1);
  ExpectError(Infer(request), StatusCode::INVALID_ARGUMENT, "rank");
  request = test::EchoRequest();
  request.add_outputs()->set_name(std::string(1 << 20, 'x'));
  ExpectError(Infer(request), StatusCode::INVALID_ARGUMENT, "the outputs are 'out0'");
}

TEST_F(InferenceServiceTest, NotReady) {
  fixture_.readiness.Set(Phase::kStopping);
  ExpectError(Infer(test::EchoRequest()), StatusCode::UNAVAILABLE, "stopping");
  fixture_.readiness.Set(Phase::kStarting);
  ExpectError(Infer(test::EchoRequest()), StatusCode::UNAVAILABLE, "loaded");
  inference::ServerReadyResponse ready;
  ASSERT_TRUE(Call(&Stub::ServerReady, inference::ServerReadyRequest(), ready).ok());
  EXPECT_FALSE(ready.ready());
}

TEST_F(InferenceServiceTest, AFullQueue) {
  const auto release = fixture_.Occupy();
  auto first = std::async(std::launch::async, [&] { return Infer(test::EchoRequest()); });
  inference::ModelInferResponse other;
  auto second = std::async(std::launch::async, [&] { return Call(&Stub::ModelInfer, test::EchoRequest(), other); });
  fixture_.WaitUntilQueued(2);
  inference::ModelInferResponse third;
  ExpectError(Call(&Stub::ModelInfer, test::EchoRequest(), third), StatusCode::RESOURCE_EXHAUSTED, "queue");
  release->count_down();
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(second.get().ok());
}

TEST_F(InferenceServiceTest, TheTimeoutParameterIsADeadline) {
  const auto release = fixture_.Occupy();
  inference::ModelInferRequest request = test::EchoRequest();
  (*request.mutable_parameters())["timeout"].set_int64_param(1);
  auto late = std::async(std::launch::async, [&] { return Infer(request); });
  fixture_.WaitUntilQueued(1);
  release->count_down();
  ExpectError(late.get(), StatusCode::DEADLINE_EXCEEDED, "deadline");
  EXPECT_EQ(fixture_.Counted("echo", tfld::StatusCode::kDeadlineExceeded), 1u);
}

TEST_F(InferenceServiceTest, ACancelledCallDoesNotRun) {
  const auto release = fixture_.Occupy();
  grpc::ClientContext context;
  auto call =
      std::async(std::launch::async, [&] { return stub_->ModelInfer(&context, test::EchoRequest(), &response_); });
  fixture_.WaitUntilQueued(1);
  context.TryCancel();
  ExpectError(call.get(), StatusCode::CANCELLED, "");
  // The server learns of it in its own time. Then the call no longer holds its place in the queue of two.
  EXPECT_TRUE(fixture_.Enqueue());
  while (!fixture_.Enqueue()) std::this_thread::yield();
  release->count_down();
  fixture_.scheduler.Stop(SteadyTime::max());
  EXPECT_EQ(fixture_.Counted("echo", tfld::StatusCode::kOk), 0u);
  EXPECT_EQ(fixture_.Counted("echo", tfld::StatusCode::kCancelled), 1u);
}

TEST_F(InferenceServiceTest, AnInferenceEndsOnTheVersionThatItBeganOn) {
  const auto release = fixture_.Occupy();
  auto call = std::async(std::launch::async, [&] { return Infer(test::EchoRequest()); });
  fixture_.WaitUntilQueued(1);
  fixture_.Publish("echo", 4, {{engine::ElementType::kFloat32, {1, 4}}});
  release->count_down();
  EXPECT_TRUE(call.get().ok());
  EXPECT_EQ(response_.model_version(), "3");
}

TEST_F(InferenceServiceTest, Metadata) {
  inference::ServerMetadataResponse server;
  ASSERT_TRUE(Call(&Stub::ServerMetadata, inference::ServerMetadataRequest(), server).ok());
  EXPECT_EQ(server.name(), "tfld");
  EXPECT_THAT(server.extensions(), Contains("system_shared_memory"));
  inference::ModelMetadataRequest request;
  request.set_name("echo");
  inference::ModelMetadataResponse model;
  ASSERT_TRUE(Call(&Stub::ModelMetadata, request, model).ok());
  EXPECT_THAT(model.versions(), ElementsAre("3"));
  ASSERT_EQ(model.inputs_size(), 1);
  EXPECT_EQ(model.inputs(0).name(), "in0");
  EXPECT_EQ(model.inputs(0).datatype(), "FP32");
  EXPECT_THAT(model.inputs(0).shape(), ElementsAre(1, 4));
  ASSERT_EQ(model.outputs_size(), 1);
  EXPECT_THAT(model.outputs(0).shape(), ElementsAre(4));
}

TEST_F(InferenceServiceTest, Config) {
  inference::ModelConfigRequest request;
  request.set_name("echo");
  inference::ModelConfigResponse response;
  ASSERT_TRUE(Call(&Stub::ModelConfig, request, response).ok());
  EXPECT_EQ(response.config().max_batch_size(), 0);
  ASSERT_EQ(response.config().input_size(), 1);
  EXPECT_EQ(response.config().input(0).name(), "in0");
  EXPECT_EQ(response.config().input(0).data_type(), inference::TYPE_FP32);
  EXPECT_THAT(response.config().input(0).dims(), ElementsAre(1, 4));
  ASSERT_EQ(response.config().output_size(), 1);
  request.set_name("nobody");
  ExpectError(Call(&Stub::ModelConfig, request, response), StatusCode::NOT_FOUND, "nobody");
}

TEST_F(InferenceServiceTest, Readiness) {
  inference::ModelReadyRequest request;
  inference::ModelReadyResponse response;
  request.set_name("echo");
  ASSERT_TRUE(Call(&Stub::ModelReady, request, response).ok());
  EXPECT_TRUE(response.ready());
  request.set_name("nobody");
  ASSERT_TRUE(Call(&Stub::ModelReady, request, response).ok());
  EXPECT_FALSE(response.ready());
}

TEST_F(InferenceServiceTest, Index) {
  inference::RepositoryIndexRequest request;
  inference::RepositoryIndexResponse response;
  ASSERT_TRUE(Call(&Stub::RepositoryIndex, request, response).ok());
  ASSERT_EQ(response.models_size(), 4);
  EXPECT_EQ(response.models(0).name(), "a");
  EXPECT_EQ(response.models(0).version(), "1");
  EXPECT_EQ(response.models(0).state(), "UNAVAILABLE");
  EXPECT_EQ(response.models(0).reason(), "failed: too large");
  EXPECT_EQ(response.models(1).version(), "2");
  EXPECT_EQ(response.models(1).state(), "READY");
  EXPECT_EQ(response.models(1).reason(), "");
  request.set_ready(true);
  ASSERT_TRUE(Call(&Stub::RepositoryIndex, request, response).ok());
  EXPECT_EQ(response.models_size(), 2);
  request.set_repository_name("other");
  ExpectError(Call(&Stub::RepositoryIndex, request, response), StatusCode::NOT_FOUND, "'other'");
}

TEST_F(InferenceServiceTest, WhatManagesIsRefused) {
  inference::RepositoryModelLoadResponse load;
  ExpectError(Call(&Stub::RepositoryModelLoad, inference::RepositoryModelLoadRequest(), load),
              StatusCode::PERMISSION_DENIED, "/run/tfld/admin.sock");
  inference::RepositoryModelUnloadResponse unload;
  ExpectError(Call(&Stub::RepositoryModelUnload, inference::RepositoryModelUnloadRequest(), unload),
              StatusCode::PERMISSION_DENIED, "/run/tfld/admin.sock");
  inference::LogSettingsRequest log;
  (*log.mutable_settings())["log_info"].set_bool_param(false);
  inference::LogSettingsResponse log_response;
  ExpectError(Call(&Stub::LogSettings, log, log_response), StatusCode::PERMISSION_DENIED, "/run/tfld/admin.sock");
  inference::TraceSettingRequest trace;
  (*trace.mutable_settings())["trace_level"].add_value("TIMESTAMPS");
  inference::TraceSettingResponse trace_response;
  ExpectError(Call(&Stub::TraceSetting, trace, trace_response), StatusCode::PERMISSION_DENIED, "/run/tfld/admin.sock");
  EXPECT_TRUE(fixture_.manager.calls.empty());
}

TEST_F(InferenceServiceTest, SettingsAreReadByAnybody) {
  inference::LogSettingsResponse log;
  ASSERT_TRUE(Call(&Stub::LogSettings, inference::LogSettingsRequest(), log).ok());
  EXPECT_TRUE(log.settings().at("log_error").bool_param());
  inference::TraceSettingResponse trace;
  ASSERT_TRUE(Call(&Stub::TraceSetting, inference::TraceSettingRequest(), trace).ok());
  EXPECT_THAT(trace.settings().at("trace_level").value(), ElementsAre("OFF"));
  inference::TraceSettingRequest unknown;
  unknown.set_model_name("nobody");
  ExpectError(Call(&Stub::TraceSetting, unknown, trace), StatusCode::NOT_FOUND, "nobody");
}

TEST_F(InferenceServiceTest, ThereIsNoCuda) {
  inference::CudaSharedMemoryRegisterResponse registered;
  ExpectError(Call(&Stub::CudaSharedMemoryRegister, inference::CudaSharedMemoryRegisterRequest(), registered),
              StatusCode::UNIMPLEMENTED, "CUDA");
  inference::CudaSharedMemoryStatusResponse status;
  ExpectError(Call(&Stub::CudaSharedMemoryStatus, inference::CudaSharedMemoryStatusRequest(), status),
              StatusCode::UNIMPLEMENTED, "CUDA");
  inference::CudaSharedMemoryUnregisterResponse gone;
  EXPECT_TRUE(Call(&Stub::CudaSharedMemoryUnregister, inference::CudaSharedMemoryUnregisterRequest(), gone).ok())
      << "clients unregister everything before they begin";
}

TEST_F(InferenceServiceTest, TensorsInSharedMemory) {
  test::SharedObject object(64);
  object.Put(16, "ABCDEFGHIJKLMNOP");
  inference::SystemSharedMemoryRegisterRequest region;
  region.set_name("r");
  region.set_key(object.name());
  region.set_byte_size(64);
  inference::SystemSharedMemoryRegisterResponse registered;
  ASSERT_TRUE(Call(&Stub::SystemSharedMemoryRegister, region, registered).ok());
  ExpectError(Call(&Stub::SystemSharedMemoryRegister, region, registered), StatusCode::ALREADY_EXISTS, "'r'");

  inference::ModelInferRequest request = test::EchoRequest();
  request.clear_raw_input_contents();
  const auto place = [](auto& tensor, std::int64_t offset) {
    (*tensor.mutable_parameters())["shared_memory_region"].set_string_param("r");
    (*tensor.mutable_parameters())["shared_memory_byte_size"].set_int64_param(16);
    (*tensor.mutable_parameters())["shared_memory_offset"].set_int64_param(offset);
  };
  place(*request.mutable_inputs(0), 16);
  request.add_outputs()->set_name("out0");
  place(*request.mutable_outputs(0), 32);
  const grpc::Status status = Infer(request);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(response_.raw_output_contents(), ElementsAre(""));
  EXPECT_EQ(object.Text(32, 16), "ABCDEFGHIJKLMNOP");

  inference::SystemSharedMemoryStatusResponse regions;
  ASSERT_TRUE(Call(&Stub::SystemSharedMemoryStatus, inference::SystemSharedMemoryStatusRequest(), regions).ok());
  ASSERT_EQ(regions.regions_size(), 1);
  EXPECT_EQ(regions.regions().at("r").key(), object.name());
  EXPECT_EQ(regions.regions().at("r").byte_size(), 64u);
  inference::SystemSharedMemoryUnregisterResponse gone;
  ASSERT_TRUE(Call(&Stub::SystemSharedMemoryUnregister, inference::SystemSharedMemoryUnregisterRequest(), gone).ok());
  ExpectError(Infer(request), StatusCode::NOT_FOUND, "input 'in0': no shared memory region 'r'");
}

TEST_F(InferenceServiceTest, ACallerThatIsNotKnownIsDenied) {
  inference::ServerLiveResponse live;
  ASSERT_TRUE(Call(&Stub::ServerLive, inference::ServerLiveRequest(), live).ok());
  // As after the connection's entry is gone.
  for (int descriptor = 0; descriptor < 65536; ++descriptor) fixture_.peers->Remove(descriptor);
  ExpectError(Call(&Stub::ServerLive, inference::ServerLiveRequest(), live), StatusCode::UNAUTHENTICATED, "who calls");
  ExpectError(Infer(test::EchoRequest()), StatusCode::UNAUTHENTICATED, "who calls");
}

TEST_F(InferenceServiceTest, ManyClientsAtOnce) {
  constexpr int kClients = 4;
  std::vector<std::thread> clients;
  std::atomic<int> answers{0};
  for (int client = 0; client < kClients; ++client) {
    clients.emplace_back([&] {
      const auto stub = fixture_.NewStub();
      for (int i = 0; i < 50; ++i) {
        grpc::ClientContext context;
        inference::ModelInferResponse response;
        const grpc::Status status = stub->ModelInfer(&context, test::EchoRequest(), &response);
        // Four at a time fit into an executor and a queue of two, or the fourth is refused.
        if (status.error_code() == StatusCode::RESOURCE_EXHAUSTED) continue;
        EXPECT_TRUE(status.ok()) << status.error_message();
        ++answers;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(fixture_.Counted("echo", tfld::StatusCode::kOk), static_cast<std::uint64_t>(answers));
}

}  // namespace
}  // namespace tfld::daemon
