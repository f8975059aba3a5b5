// The inference service as it is on the admin socket, where the calls that manage act.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/telemetry/log.h"
#include "engine/base/str_cat.h"
#include "tests/daemon/rpc/rpc_fixture.h"

namespace tfld::daemon {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;

class ManagingServiceTest : public testing::Test {
 protected:
  using Stub = inference::GRPCInferenceService::Stub;

  template <typename Method, typename Request, typename Response>
  grpc::Status Call(Method method, const Request& request, Response& response) {
    grpc::ClientContext context;
    return (*stub_.*method)(&context, request, &response);
  }

  grpc::Status SetLog(const std::function<void(inference::LogSettingsRequest&)>& change) {
    inference::LogSettingsRequest request;
    change(request);
    return Call(&Stub::LogSettings, request, log_);
  }

  const LogLevel level_before_ = CurrentLogLevel();
  test::RpcFixture fixture_{{}, true};
  std::unique_ptr<Stub> stub_ = fixture_.NewStub();
  inference::LogSettingsResponse log_;
  const std::string me_ = StrCat("uid ", getuid(), " pid ", getpid());

  void TearDown() override { SetLogLevel(level_before_); }
};

TEST_F(ManagingServiceTest, LoadsAndUnloads) {
  inference::RepositoryModelLoadRequest load;
  load.set_model_name("a");
  inference::RepositoryModelLoadResponse loaded;
  EXPECT_TRUE(Call(&Stub::RepositoryModelLoad, load, loaded).ok());
  inference::RepositoryModelUnloadRequest unload;
  unload.set_model_name("a");
  (*unload.mutable_parameters())["unload_dependents"].set_bool_param(false);
  inference::RepositoryModelUnloadResponse unloaded;
  EXPECT_TRUE(Call(&Stub::RepositoryModelUnload, unload, unloaded).ok());
  EXPECT_THAT(fixture_.manager.calls, ElementsAre("load a by " + me_, "unload a by " + me_));
}

TEST_F(ManagingServiceTest, TheManagersErrorsComeBack) {
  fixture_.manager.outcome = FailedPrecondition("no active version");
  inference::RepositoryModelLoadResponse loaded;
  const grpc::Status status = Call(&Stub::RepositoryModelLoad, inference::RepositoryModelLoadRequest(), loaded);
  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "no active version");
}

TEST_F(ManagingServiceTest, AModelIsLoadedAsItIsInTheStore) {
  inference::RepositoryModelLoadRequest load;
  load.set_model_name("a");
  (*load.mutable_parameters())["config"].set_string_param("{}");
  inference::RepositoryModelLoadResponse loaded;
  EXPECT_EQ(Call(&Stub::RepositoryModelLoad, load, loaded).error_code(), StatusCode::UNIMPLEMENTED);
  EXPECT_TRUE(fixture_.manager.calls.empty());
}

TEST_F(ManagingServiceTest, InfersAsWell) {
  inference::ModelInferResponse response;
  EXPECT_TRUE(Call(&Stub::ModelInfer, test::EchoRequest(), response).ok());
}

TEST_F(ManagingServiceTest, TheLogHasALevel) {
  ASSERT_TRUE(SetLog([](auto& log) { (*log.mutable_settings())["log_verbose_level"].set_uint32_param(2); }).ok());
  EXPECT_EQ(CurrentLogLevel(), LogLevel::kDebug);
  EXPECT_EQ(log_.settings().at("log_verbose_level").uint32_param(), 1u);
  ASSERT_TRUE(SetLog([](auto& log) { (*log.mutable_settings())["log_info"].set_bool_param(false); }).ok());
  EXPECT_EQ(CurrentLogLevel(), LogLevel::kWarning);
  EXPECT_FALSE(log_.settings().at("log_info").bool_param());
  EXPECT_EQ(log_.settings().at("log_verbose_level").uint32_param(), 0u);
  ASSERT_TRUE(SetLog([](auto& log) { (*log.mutable_settings())["log_warning"].set_bool_param(false); }).ok());
  EXPECT_EQ(CurrentLogLevel(), LogLevel::kError);
  ASSERT_TRUE(SetLog([](auto& log) {
                (*log.mutable_settings())["log_warning"].set_bool_param(false);
                (*log.mutable_settings())["log_info"].set_bool_param(true);
              }).ok());
  EXPECT_EQ(CurrentLogLevel(), LogLevel::kInfo);
}

TEST_F(ManagingServiceTest, AWrongLogSettingChangesNothing) {
  SetLogLevel(LogLevel::kInfo);
  const auto wrong = [this](const char* name, auto set) {
    const grpc::Status status = SetLog([&](auto& log) {
      (*log.mutable_settings())["log_verbose_level"].set_uint32_param(1);
      set((*log.mutable_settings())[name]);
    });
    EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT) << name;
    EXPECT_THAT(status.error_message(), HasSubstr(name));
    EXPECT_EQ(CurrentLogLevel(), LogLevel::kInfo);
  };
  wrong("log_file", [](auto& value) { value.set_string_param("/tmp/x"); });
  wrong("log_error", [](auto& value) { value.set_bool_param(false); });
  wrong("log_info", [](auto& value) { value.set_string_param("yes"); });
  wrong("log_format", [](auto& value) { value.set_string_param("default"); });
  wrong("log_level", [](auto& value) { value.set_bool_param(true); });
}

TEST_F(ManagingServiceTest, Traces) {
  inference::TraceSettingRequest request;
  request.set_model_name("a");
  (*request.mutable_settings())["trace_level"].add_value("TIMESTAMPS");
  (*request.mutable_settings())["trace_rate"].add_value("7");
  inference::TraceSettingResponse response;
  ASSERT_TRUE(Call(&Stub::TraceSetting, request, response).ok());
  EXPECT_THAT(response.settings().at("trace_rate").value(), ElementsAre("7"));
  ASSERT_TRUE(Call(&Stub::TraceSetting, inference::TraceSettingRequest(), response).ok());
  EXPECT_THAT(response.settings().at("trace_level").value(), ElementsAre("OFF"));
  (*request.mutable_settings())["trace_rate"].set_value(0, "often");
  EXPECT_EQ(Call(&Stub::TraceSetting, request, response).error_code(), StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace tfld::daemon
