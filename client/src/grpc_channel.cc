#include "client/src/grpc_channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <limits>

#include "client/src/socket_probe.h"
#include "engine/base/str_cat.h"
#include "tfld/client.h"

namespace tfld::client {

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& socket_path, std::size_t max_message_bytes) {
  constexpr std::size_t kLargest = std::numeric_limits<int>::max();
  const int message_bytes = static_cast<int>(std::min(max_message_bytes, kLargest));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(message_bytes);
  arguments.SetMaxSendMessageSize(message_bytes);
  // A local daemon that restarts is back within a second; gRPC's own back-off would grow to two minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Otherwise all clients of a process would share one connection, and its limit of calls.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(StrCat("unix:", socket_path), grpc::InsecureChannelCredentials(), arguments);
}

void SetTimeout(grpc::ClientContext& context, std::chrono::nanoseconds timeout) {
  if (timeout == kNoTimeout) return;
  const gpr_timespec span = gpr_time_from_nanos(std::max<std::int64_t>(timeout.count(), 0), GPR_TIMESPAN);
  context.set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), span));
}

Status FromGrpc(const grpc::Status& status, const std::string& socket_path) {
  if (status.ok()) return {};
  if (status.error_code() != grpc::StatusCode::UNAVAILABLE) {
    return {static_cast<StatusCode>(status.error_code()), status.error_message()};
  }
  TFLD_RETURN_IF_ERROR(ProbeSocket(socket_path));
  const bool closed = status.error_message().starts_with("failed to connect");  // gRPC's words
  return Unavailable(StrCat(status.error_message(), closed ? ": the daemon may have too many connections open" : ""));
}

}  // namespace tfld::client
