#include "daemon/rpc/reflection.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/client_context.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "inference/grpc_service.pb.h"
#include "tfld/v1/admin.pb.h"

namespace tfld::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kInferenceFile = "inference/grpc_service.proto";
constexpr const char* kConfigFile = "inference/model_config.proto";
constexpr const char* kAdminFile = "tfld/v1/admin.proto";

struct V1 {
  using Service = grpc::reflection::v1::ServerReflection;
  using Request = grpc::reflection::v1::ServerReflectionRequest;
  using Response = grpc::reflection::v1::ServerReflectionResponse;
};

struct V1Alpha {
  using Service = grpc::reflection::v1alpha::ServerReflection;
  using Request = grpc::reflection::v1alpha::ServerReflectionRequest;
  using Response = grpc::reflection::v1alpha::ServerReflectionResponse;
};

// A server that reflects, and one stream to it.
template <typename Version>
class ReflectionTest : public testing::Test {
 protected:
  using Request = typename Version::Request;
  using Response = typename Version::Response;

  ReflectionTest() {
    // So that the linker keeps the descriptions, which nothing else here names.
    (void)inference::ModelInferRequest::descriptor();
    (void)tfld::v1::DeployRequest::descriptor();
    grpc::ServerBuilder builder;
    for (const auto& service : services_) builder.RegisterService(service.get());
    server_ = builder.BuildAndStart();
    stub_ = Version::Service::NewStub(server_->InProcessChannel(grpc::ChannelArguments()));
    stream_ = stub_->ServerReflectionInfo(&context_);
  }

  ~ReflectionTest() override {
    context_.TryCancel();
    stream_.reset();
    server_->Shutdown();
  }

  Response Ask(const Request& request) {
    Response response;
    EXPECT_TRUE(stream_->Write(request));
    EXPECT_TRUE(stream_->Read(&response));
    return response;
  }

  Response AskForFile(const std::string& name) {
    Request request;
    request.set_file_by_filename(name);
    return Ask(request);
  }

  Response AskForSymbol(const std::string& symbol) {
    Request request;
    request.set_file_containing_symbol(symbol);
    return Ask(request);
  }

  Response AskForExtension(const std::string& type, int number) {
    Request request;
    request.mutable_file_containing_extension()->set_containing_type(type);
    request.mutable_file_containing_extension()->set_extension_number(number);
    return Ask(request);
  }

  Response AskForNumbers(const std::string& type) {
    Request request;
    request.set_all_extension_numbers_of_type(type);
    return Ask(request);
  }

  // The names of the files that an answer describes.
  static std::vector<std::string> Files(const Response& response) {
    EXPECT_EQ(response.message_response_case(), Response::kFileDescriptorResponse) << response.ShortDebugString();
    std::vector<std::string> names;
    for (const std::string& encoded : response.file_descriptor_response().file_descriptor_proto()) {
      google::protobuf::FileDescriptorProto file;
      EXPECT_TRUE(file.ParseFromString(encoded));
      names.push_back(file.name());
    }
    return names;
  }

  static void ExpectError(const Response& response, grpc::StatusCode code, const std::string& text) {
    EXPECT_EQ(response.message_response_case(), Response::kErrorResponse) << response.ShortDebugString();
    EXPECT_EQ(response.error_response().error_code(), code);
    EXPECT_THAT(response.error_response().error_message(), HasSubstr(text));
  }

  const std::vector<std::shared_ptr<grpc::Service>> services_ =
      NewReflectionServices({"tfld.v1.Admin", "inference.GRPCInferenceService"});
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<typename Version::Service::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<Request, Response>> stream_;
};

using Versions = testing::Types<V1, V1Alpha>;
TYPED_TEST_SUITE(ReflectionTest, Versions);

TYPED_TEST(ReflectionTest, ListsTheServicesInOrder) {
  typename TypeParam::Request request;
  request.set_list_services("");
  const auto response = this->Ask(request);
  std::vector<std::string> names;
  for (const auto& service : response.list_services_response().service()) names.push_back(service.name());
  EXPECT_THAT(names, ElementsAre("inference.GRPCInferenceService", "tfld.v1.Admin"));
}

TYPED_TEST(ReflectionTest, RepeatsTheRequest) {
  typename TypeParam::Request request;
  request.set_host("some-host");
  request.set_file_by_filename(kAdminFile);
  const auto response = this->Ask(request);
  EXPECT_EQ(response.valid_host(), "some-host");
  EXPECT_EQ(response.original_request().SerializeAsString(), request.SerializeAsString());
}

TYPED_TEST(ReflectionTest, DescribesAFileByItsName) {
  EXPECT_THAT(this->Files(this->AskForFile(kAdminFile)), ElementsAre(kAdminFile));
}

TYPED_TEST(ReflectionTest, DescribesTheImportsOfAFileOnceEach) {
  EXPECT_THAT(this->Files(this->AskForFile(kInferenceFile)), ElementsAre(kInferenceFile, kConfigFile));
  EXPECT_THAT(this->Files(this->AskForFile(kConfigFile)), ElementsAre(kConfigFile));
}

TYPED_TEST(ReflectionTest, DescribesWholeFiles) {
  const auto response = this->AskForFile(kAdminFile);
  google::protobuf::FileDescriptorProto expected;
  tfld::v1::DeployRequest::descriptor()->file()->CopyTo(&expected);
  ASSERT_EQ(response.file_descriptor_response().file_descriptor_proto_size(), 1) << response.ShortDebugString();
  EXPECT_EQ(response.file_descriptor_response().file_descriptor_proto(0), expected.SerializeAsString());
}

TYPED_TEST(ReflectionTest, FindsTheFileOfASymbol) {
  for (const char* symbol : {"inference.GRPCInferenceService", "inference.GRPCInferenceService.ModelInfer",
                             "inference.ModelInferRequest", "inference.ModelInferRequest.model_name"}) {
    EXPECT_THAT(this->Files(this->AskForSymbol(symbol)), ElementsAre(kInferenceFile, kConfigFile)) << symbol;
  }
  EXPECT_THAT(this->Files(this->AskForSymbol("tfld.v1.Admin")), ElementsAre(kAdminFile));
}

TYPED_TEST(ReflectionTest, DescribesItself) {
  const std::string service = TypeParam::Service::service_full_name();
  EXPECT_EQ(this->Files(this->AskForSymbol(service)).size(), 1u);
}

TYPED_TEST(ReflectionTest, GoesOnAfterUnknownNames) {
  this->ExpectError(this->AskForFile("no/such.proto"), grpc::StatusCode::NOT_FOUND, "'no/such.proto'");
  this->ExpectError(this->AskForSymbol("no.such.Symbol"), grpc::StatusCode::NOT_FOUND, "'no.such.Symbol'");
  this->ExpectError(this->AskForSymbol(""), grpc::StatusCode::NOT_FOUND, "''");
  EXPECT_THAT(this->Files(this->AskForFile(kAdminFile)), ElementsAre(kAdminFile));
}

// An error message that was cut within a character would not be UTF-8, and the client would refuse the answer.
TYPED_TEST(ReflectionTest, CutsLongNamesBetweenCharacters) {
  for (const char* start : {"", "x", "xx"}) {
    std::string name = start;
    while (name.size() < 1000) name += "\u20AC";  // three bytes
    this->ExpectError(this->AskForSymbol(name), grpc::StatusCode::NOT_FOUND, "\u20AC'");
  }
}

TYPED_TEST(ReflectionTest, SaysWhatARequestWithNothingInItMayAsk) {
  this->ExpectError(this->Ask({}), grpc::StatusCode::INVALID_ARGUMENT, "file_containing_symbol");
  EXPECT_THAT(this->Files(this->AskForFile(kAdminFile)), ElementsAre(kAdminFile));
}

TYPED_TEST(ReflectionTest, FindsNoExtensionsOfATypeWithoutThem) {
  const auto response = this->AskForNumbers("inference.ModelInferRequest");
  ASSERT_TRUE(response.has_all_extension_numbers_response()) << response.ShortDebugString();
  EXPECT_EQ(response.all_extension_numbers_response().base_type_name(), "inference.ModelInferRequest");
  EXPECT_EQ(response.all_extension_numbers_response().extension_number_size(), 0);
  this->ExpectError(this->AskForExtension("inference.ModelInferRequest", 7), grpc::StatusCode::NOT_FOUND,
                    "no extension 7");
}

TYPED_TEST(ReflectionTest, FindsNoExtensionsOfAnUnknownType) {
  this->ExpectError(this->AskForNumbers("no.such.Type"), grpc::StatusCode::NOT_FOUND, "'no.such.Type'");
  this->ExpectError(this->AskForExtension("no.such.Type", 7), grpc::StatusCode::NOT_FOUND, "'no.such.Type'");
}

TYPED_TEST(ReflectionTest, EndsWhenTheClientHasClosedItsSide) {
  EXPECT_THAT(this->Files(this->AskForFile(kAdminFile)), ElementsAre(kAdminFile));
  EXPECT_TRUE(this->stream_->WritesDone());
  typename TypeParam::Response response;
  EXPECT_FALSE(this->stream_->Read(&response));
  const grpc::Status status = this->stream_->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
}

// Who writes waits until the server reads, and the server does not read before its last answer is taken.
TYPED_TEST(ReflectionTest, AnswersInTheOrderOfTheRequests) {
  constexpr int kRequests = 20;
  std::thread writer([this] {
    typename TypeParam::Request request;
    for (int i = 0; i < kRequests; ++i) {
      request.set_file_by_filename(std::to_string(i));
      EXPECT_TRUE(this->stream_->Write(request));
    }
  });
  for (int i = 0; i < kRequests; ++i) {
    typename TypeParam::Response response;
    EXPECT_TRUE(this->stream_->Read(&response));
    EXPECT_EQ(response.original_request().file_by_filename(), std::to_string(i));
  }
  writer.join();
}

// The two files are kept the same by hand.
TEST(ReflectionProtocolTest, VersionsDifferInThePackageAlone) {
  google::protobuf::FileDescriptorProto v1, v1alpha;
  V1::Request::descriptor()->file()->CopyTo(&v1);
  V1Alpha::Request::descriptor()->file()->CopyTo(&v1alpha);
  std::string renamed = v1alpha.DebugString();
  for (std::size_t at; (at = renamed.find("v1alpha")) != std::string::npos;) renamed.erase(at + 2, 5);
  EXPECT_EQ(renamed, v1.DebugString());
}

}  // namespace
}  // namespace tfld::daemon
