// InferenceServiceTest: calls of the inference service, one at a time, on a fixture of its own.
#pragma once

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/daemon/rpc/rpc_fixture.h"

namespace tfld::daemon {

class InferenceServiceTest : public testing::Test {
 protected:
  using Stub = inference::GRPCInferenceService::Stub;

  // Calls a method of the stub once.
  template <typename Method, typename Request, typename Response>
  grpc::Status Call(Method method, const Request& request, Response& response) {
    grpc::ClientContext context;
    return (*stub_.*method)(&context, request, &response);
  }

  grpc::Status Infer(const inference::ModelInferRequest& request) {
    return Call(&Stub::ModelInfer, request, response_);
  }

  static void ExpectError(const grpc::Status& status, grpc::StatusCode code, const std::string& text) {
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    EXPECT_THAT(status.error_message(), testing::HasSubstr(text));
  }

  test::RpcFixture fixture_;
  std::unique_ptr<Stub> stub_ = fixture_.NewStub();
  inference::ModelInferResponse response_;
};

}  // namespace tfld::daemon
