#include "daemon/rpc/reflection.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/support/server_callback.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "daemon/rpc/status_map.h"
#include "engine/base/cut_text.h"
#include "engine/base/result.h"
#include "engine/base/status.h"
#include "engine/base/str_cat.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"

namespace tfld::daemon {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using Names = std::vector<std::string>;

constexpr std::size_t kMaxQuotedBytes = 128;

const DescriptorPool& Pool() { return *DescriptorPool::generated_pool(); }

std::string_view Quoted(std::string_view name) { return CutText(name, kMaxQuotedBytes); }

Result<const FileDescriptor*> FileByName(const std::string& name) {
  if (const FileDescriptor* file = Pool().FindFileByName(name)) return file;
  return NotFound(StrCat("no file '", Quoted(name), "' is known; the name is that which other files import"));
}

Result<const FileDescriptor*> FileOfSymbol(const std::string& symbol) {
  if (const FileDescriptor* file = Pool().FindFileContainingSymbol(symbol)) return file;
  return NotFound(StrCat("no file is known that declares '", Quoted(symbol), "'; the name has the package before it"));
}

Result<const Descriptor*> MessageType(const std::string& name) {
  if (const Descriptor* type = Pool().FindMessageTypeByName(name)) return type;
  return NotFound(StrCat("no message '", Quoted(name), "' is known; the name has the package before it"));
}

Result<const FileDescriptor*> FileOfExtension(const std::string& type_name, int number) {
  TFLD_ASSIGN_OR_RETURN(const Descriptor* type, MessageType(type_name));
  if (const FieldDescriptor* extension = Pool().FindExtensionByNumber(type, number)) return extension->file();
  return NotFound(StrCat("message '", type->full_name(), "' has no extension ", number));
}

// The file first, then those that it imports, directly or not.
std::vector<const FileDescriptor*> WithImports(const FileDescriptor* file) {
  std::vector<const FileDescriptor*> files = {file};
  for (std::size_t at = 0; at < files.size(); ++at) {
    for (int i = 0; i < files[at]->dependency_count(); ++i) {
      const FileDescriptor* import = files[at]->dependency(i);
      if (std::find(files.begin(), files.end(), import) == files.end()) files.push_back(import);
    }
  }
  return files;
}

template <typename Response>
Status TellFile(const Result<const FileDescriptor*>& file, Response& response) {
  if (!file.ok()) return file.status();
  auto& encoded = *response.mutable_file_descriptor_response();
  for (const FileDescriptor* each : WithImports(*file)) {
    google::protobuf::FileDescriptorProto proto;
    each->CopyTo(&proto);
    proto.SerializeToString(encoded.add_file_descriptor_proto());
  }
  return Status();
}

template <typename Response>
Status TellExtensions(const std::string& type_name, Response& response) {
  TFLD_ASSIGN_OR_RETURN(const Descriptor* type, MessageType(type_name));
  std::vector<const FieldDescriptor*> extensions;
  Pool().FindAllExtensions(type, &extensions);
  auto& numbers = *response.mutable_all_extension_numbers_response();
  numbers.set_base_type_name(type->full_name());
  for (const FieldDescriptor* extension : extensions) numbers.add_extension_number(extension->number());
  return Status();
}

template <typename Response>
Status TellServices(const Names& services, Response& response) {
  auto& list = *response.mutable_list_services_response();
  for (const std::string& service : services) list.add_service()->set_name(service);
  return Status();
}

template <typename Request, typename Response>
Status Tell(const Request& request, const Names& services, Response& response) {
  switch (request.message_request_case()) {
    case Request::kFileByFilename: return TellFile(FileByName(request.file_by_filename()), response);
    case Request::kFileContainingSymbol: return TellFile(FileOfSymbol(request.file_containing_symbol()), response);
    case Request::kFileContainingExtension: {
      const auto& extension = request.file_containing_extension();
      return TellFile(FileOfExtension(extension.containing_type(), extension.extension_number()), response);
    }
    case Request::kAllExtensionNumbersOfType: return TellExtensions(request.all_extension_numbers_of_type(), response);
    case Request::kListServices: return TellServices(services, response);
    case Request::MESSAGE_REQUEST_NOT_SET: break;
  }
  return InvalidArgument(
      "the request asks nothing; expected is one of file_by_filename, file_containing_symbol, "
      "file_containing_extension, all_extension_numbers_of_type and list_services");
}

// Reads a request, writes its answer, and reads the next one. One operation at a time is under way, so nothing here is
// used by two threads at once. `services` outlives it.
template <typename Request, typename Response>
class ReflectionStream final : public grpc::ServerBidiReactor<Request, Response> {
 public:
  explicit ReflectionStream(const Names& services) : services_(services) { this->StartRead(&request_); }

  // Not ok when the client has closed its side, or the call was cancelled.
  void OnReadDone(bool ok) override {
    if (!ok) return this->Finish(grpc::Status::OK);
    Answer();
    this->StartWrite(&response_);
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return this->Finish(grpc::Status::OK);
    response_ = Response();  // a stream that waits for its client holds no descriptions
    this->StartRead(&request_);
  }

  void OnDone() override { delete this; }

 private:
  void Answer() {
    response_.mutable_original_request()->Swap(&request_);
    const Request& request = response_.original_request();
    response_.set_valid_host(request.host());
    const Status status = Tell(request, services_, response_);
    if (status.ok()) return;
    const grpc::Status error = ToGrpc(status);
    response_.mutable_error_response()->set_error_code(error.error_code());
    response_.mutable_error_response()->set_error_message(error.error_message());
  }

  const Names& services_;
  Request request_;
  Response response_;
};

// The two versions of the protocol have types of their own, with the same members.
template <typename Version, typename Request, typename Response>
class ReflectionService final : public Version::CallbackService {
 public:
  explicit ReflectionService(Names services) : services_(std::move(services)) {}

  grpc::ServerBidiReactor<Request, Response>* ServerReflectionInfo(grpc::CallbackServerContext*) override {
    return new ReflectionStream<Request, Response>(services_);
  }

 private:
  const Names services_;
};

using ReflectionV1 =
    ReflectionService<grpc::reflection::v1::ServerReflection, grpc::reflection::v1::ServerReflectionRequest,
                      grpc::reflection::v1::ServerReflectionResponse>;
using ReflectionV1Alpha =
    ReflectionService<grpc::reflection::v1alpha::ServerReflection, grpc::reflection::v1alpha::ServerReflectionRequest,
                      grpc::reflection::v1alpha::ServerReflectionResponse>;

}  // namespace

std::vector<std::shared_ptr<grpc::Service>> NewReflectionServices(std::vector<std::string> services) {
  std::sort(services.begin(), services.end());
  return {std::make_shared<ReflectionV1>(services), std::make_shared<ReflectionV1Alpha>(services)};
}

}  // namespace tfld::daemon
