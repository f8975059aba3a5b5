#include "client/ctl/admin_client.h"

#include <grpcpp/channel.h>

#include <algorithm>

#include "client/src/grpc_channel.h"
#include "client/src/socket_probe.h"
#include "engine/base/str_cat.h"
#include "tfld/v1/admin.grpc.pb.h"

namespace tfld::ctl {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{256} << 10;
constexpr std::size_t kMaxMessageBytes = std::size_t{64} << 20;

using Stub = v1::Admin::Stub;
using Stream = grpc::ClientReaderWriter<v1::DeployRequest, v1::DeployEvent>;

// False when the daemon has ended the call; its status says why.
bool Send(Stream& stream, const v1::DeployHeader& header, std::span<const std::byte> bytes,
          const AdminClient::DeployWatcher& watcher) {
  v1::DeployRequest request;
  *request.mutable_header() = header;
  if (!stream.Write(request)) return false;
  for (std::size_t sent = 0; sent < bytes.size();) {
    const auto chunk = bytes.subspan(sent, std::min(kChunkBytes, bytes.size() - sent));
    request.set_chunk(chunk.data(), chunk.size());
    if (!stream.Write(request)) return false;
    sent += chunk.size();
    if (watcher.on_sent) watcher.on_sent(sent);
  }
  return stream.WritesDone();
}

void SetDeadline(grpc::ClientContext& context, AdminClient::Duration time) {
  if (time.count() > 0) client::SetTimeout(context, std::chrono::duration_cast<std::chrono::nanoseconds>(time));
}

// The deadlines of these calls are ours: the daemon has not answered.
Status ToStatus(const grpc::Status& status, const std::string& socket_path) {
  if (status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) return client::FromGrpc(status, socket_path);
  return DeadlineExceeded(StrCat("the daemon on ", socket_path, " does not answer"));
}

}  // namespace

struct AdminClient::Connection {
  explicit Connection(const std::string& path)
      : socket_path(path), stub(v1::Admin::NewStub(client::OpenChannel(path, kMaxMessageBytes))) {}

  const std::string socket_path;
  const std::unique_ptr<Stub> stub;
};

AdminClient::AdminClient(const std::string& socket_path) : connection_(std::make_unique<Connection>(socket_path)) {}
AdminClient::~AdminClient() = default;

template <typename Response, typename Method, typename Request>
Result<Response> AdminClient::Call(Method method, const Request& request, Duration time) {
  grpc::ClientContext context;
  SetDeadline(context, time);
  Response response;
  const grpc::Status status = (connection_->stub.get()->*method)(&context, request, &response);
  TFLD_RETURN_IF_ERROR(ToStatus(status, connection_->socket_path));
  return response;
}

Result<v1::VersionStatus> AdminClient::Deploy(const v1::DeployHeader& header, std::span<const std::byte> bytes,
                                              const DeployWatcher& watcher) {
  grpc::ClientContext context;
  const std::unique_ptr<Stream> stream = connection_->stub->Deploy(&context);
  Send(*stream, header, bytes, watcher);
  v1::DeployEvent event;
  v1::VersionStatus version;
  while (stream->Read(&event)) {
    if (watcher.on_event) watcher.on_event(event);
    if (event.has_version()) version = event.version();
  }
  TFLD_RETURN_IF_ERROR(client::FromGrpc(stream->Finish(), connection_->socket_path));
  return version;
}

Result<v1::VersionStatus> AdminClient::Activate(const std::string& model, std::uint64_t version) {
  v1::ActivateRequest request;
  request.set_model(model);
  request.set_version(version);
  TFLD_ASSIGN_OR_RETURN(v1::ActivateResponse response, Call<v1::ActivateResponse>(&Stub::Activate, request));
  return std::move(*response.mutable_version());
}

Result<v1::VersionStatus> AdminClient::Rollback(const std::string& model, std::optional<std::uint64_t> version) {
  v1::RollbackRequest request;
  request.set_model(model);
  if (version) request.set_version(*version);
  TFLD_ASSIGN_OR_RETURN(v1::RollbackResponse response, Call<v1::RollbackResponse>(&Stub::Rollback, request));
  return std::move(*response.mutable_version());
}

Result<v1::VersionStatus> AdminClient::SetLabel(const std::string& model, const std::string& label,
                                                std::uint64_t version) {
  v1::SetLabelRequest request;
  request.set_model(model);
  request.set_label(label);
  request.set_version(version);
  TFLD_ASSIGN_OR_RETURN(v1::SetLabelResponse response, Call<v1::SetLabelResponse>(&Stub::SetLabel, request));
  return std::move(*response.mutable_version());
}

Status AdminClient::RemoveLabel(const std::string& model, const std::string& label) {
  v1::RemoveLabelRequest request;
  request.set_model(model);
  request.set_label(label);
  return Call<v1::RemoveLabelResponse>(&Stub::RemoveLabel, request).status();
}

Status AdminClient::Remove(const std::string& model, std::optional<std::uint64_t> version) {
  v1::RemoveRequest request;
  request.set_model(model);
  if (version) request.set_version(*version);
  return Call<v1::RemoveResponse>(&Stub::Remove, request).status();
}

Result<v1::ListModelsResponse> AdminClient::ListModels() {
  return Call<v1::ListModelsResponse>(&Stub::ListModels, v1::ListModelsRequest(), client::kPatience);
}

Result<v1::ModelStatus> AdminClient::GetModel(const std::string& model) {
  v1::GetModelRequest request;
  request.set_model(model);
  TFLD_ASSIGN_OR_RETURN(v1::GetModelResponse response,
                        Call<v1::GetModelResponse>(&Stub::GetModel, request, client::kPatience));
  return std::move(*response.mutable_model());
}

Result<v1::GetHistoryResponse> AdminClient::GetHistory(const std::string& model, std::uint32_t limit) {
  v1::GetHistoryRequest request;
  request.set_model(model);
  request.set_limit(limit);
  return Call<v1::GetHistoryResponse>(&Stub::GetHistory, request, client::kPatience);
}

Result<v1::GetStatsResponse> AdminClient::GetStats(const std::string& model, bool histograms) {
  v1::GetStatsRequest request;
  request.set_model(model);
  request.set_histograms(histograms);
  return Call<v1::GetStatsResponse>(&Stub::GetStats, request, client::kPatience);
}

Result<v1::GetServerInfoResponse> AdminClient::GetServerInfo() {
  return Call<v1::GetServerInfoResponse>(&Stub::GetServerInfo, v1::GetServerInfoRequest(), client::kPatience);
}

Result<v1::SetLogLevelResponse> AdminClient::SetLogLevel(const std::string& level) {
  v1::SetLogLevelRequest request;
  request.set_level(level);
  return Call<v1::SetLogLevelResponse>(&Stub::SetLogLevel, request, client::kPatience);
}

template <typename Message, typename Method, typename Request>
Status AdminClient::Follow(Method method, const Request& request, Duration time,
                           const std::function<bool(const Message&)>& show) {
  grpc::ClientContext context;
  SetDeadline(context, time);
  const auto stream = (connection_->stub.get()->*method)(&context, request);
  Message message;
  bool answered = false;
  bool enough = false;
  while (!enough && stream->Read(&message)) {
    answered = true;
    enough = !show(message);
  }
  if (enough) context.TryCancel();
  const grpc::Status status = stream->Finish();
  if (enough || (answered && status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED)) return {};
  return ToStatus(status, connection_->socket_path);
}

Status AdminClient::Trace(const v1::TraceRequest& request, Duration time,
                          const std::function<bool(const v1::TraceResponse&)>& on_message) {
  return Follow<v1::TraceResponse>(&Stub::Trace, request, time, on_message);
}

Status AdminClient::Watch(const std::string& model, Duration time,
                          const std::function<bool(const v1::WatchResponse&)>& on_message) {
  v1::WatchRequest request;
  request.set_model(model);
  return Follow<v1::WatchResponse>(&Stub::Watch, request, time, on_message);
}

}  // namespace tfld::ctl
