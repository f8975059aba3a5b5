#include "client/src/grpc_connection.h"

#include <optional>
#include <vector>

#include "client/src/data_type.h"
#include "client/src/grpc_channel.h"
#include "client/src/socket_probe.h"
#include "engine/base/str_cat.h"

namespace tfld::client {
namespace {

using TensorMetadata = inference::ModelMetadataResponse::TensorMetadata;

Result<TensorInfo> ToTensorInfo(const TensorMetadata& metadata) {
  const std::optional<DataType> type = DataTypeFromName(metadata.datatype());
  if (!type) {
    return Unimplemented(
        StrCat("tensor ", metadata.name(), " has type ", metadata.datatype(), ", which this library does not know"));
  }
  return TensorInfo{metadata.name(), *type, {metadata.shape().begin(), metadata.shape().end()}};
}

template <typename Metadata>
Status ToTensorInfos(const Metadata& metadata, std::vector<TensorInfo>& infos) {
  for (const TensorMetadata& tensor : metadata) {
    TFLD_ASSIGN_OR_RETURN(TensorInfo info, ToTensorInfo(tensor));
    infos.push_back(std::move(info));
  }
  return {};
}

}  // namespace

Result<ModelInfo> AskModelInfo(const GrpcConnection& connection, const std::string& model, const std::string& version) {
  inference::ModelMetadataRequest request;
  request.set_name(model);
  request.set_version(version);
  grpc::ClientContext context;
  SetTimeout(context, kPatience);
  inference::ModelMetadataResponse response;
  const grpc::Status status = connection.stub->ModelMetadata(&context, request, &response);
  TFLD_RETURN_IF_ERROR(FromGrpc(status, connection.socket_path));
  ModelInfo info{model, {}, {}};
  TFLD_RETURN_IF_ERROR(ToTensorInfos(response.inputs(), info.inputs));
  TFLD_RETURN_IF_ERROR(ToTensorInfos(response.outputs(), info.outputs));
  return info;
}

}  // namespace tfld::client
