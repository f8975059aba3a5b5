#include "tfld/client.h"

#include <cstdlib>
#include <utility>

#include "client/src/auto_transport.h"
#include "client/src/channel_transport.h"
#include "client/src/grpc_transport.h"
#include "client/src/runtime_dir.h"
#include "client/src/transport.h"
#include "engine/base/str_cat.h"

namespace tfld {
namespace {

Result<TransportChoice> Choose(TransportChoice asked) {
  const char* const named = std::getenv("TFLD_TRANSPORT");
  const std::string_view name = asked == TransportChoice::kAuto && named != nullptr ? named : "";
  if (name.empty() || name == "auto") return asked;
  if (name == "grpc") return TransportChoice::kGrpc;
  if (name == "channel") return TransportChoice::kChannel;
  return InvalidArgument(StrCat("TFLD_TRANSPORT is \"", name, "\"; expected auto, grpc or channel"));
}

}  // namespace

Client::Client(std::string runtime_dir, std::shared_ptr<client::Transport> transport)
    : runtime_dir_(std::move(runtime_dir)), transport_(std::move(transport)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::Connect(const ClientOptions& options) {
  TFLD_ASSIGN_OR_RETURN(const TransportChoice choice, Choose(options.transport));
  std::string runtime_dir = client::FindRuntimeDir(options.runtime_dir);
  TFLD_ASSIGN_OR_RETURN(const std::string grpc_path, client::SocketPath(runtime_dir, "tfld.sock"));
  TFLD_ASSIGN_OR_RETURN(const std::string channel_path, client::SocketPath(runtime_dir, "shm.sock"));
  const auto make_grpc = [grpc_path, max_message_bytes = options.max_message_bytes] {
    return client::MakeGrpcTransport(grpc_path, max_message_bytes);
  };
  std::shared_ptr<client::Transport> transport;
  switch (choice) {
    case TransportChoice::kGrpc: transport = make_grpc(); break;
    case TransportChoice::kChannel: transport = client::MakeChannelTransport(channel_path); break;
    default: transport = client::MakeAutoTransport(client::MakeChannelTransport(channel_path), make_grpc); break;
  }
  TFLD_RETURN_IF_ERROR(transport->Connect(options.wait));
  return Client(std::move(runtime_dir), std::move(transport));
}

Result<Binding> Client::Bind(std::string_view model, std::string_view version) const {
  TFLD_ASSIGN_OR_RETURN(auto bound, transport_->Bind(std::string(model), std::string(version), 1));
  return Binding(std::move(bound.front()));
}

Result<std::vector<Binding>> Client::BindSlots(std::string_view model, std::size_t count,
                                               std::string_view version) const {
  if (count == 0) return InvalidArgument("no slots are asked for");
  TFLD_ASSIGN_OR_RETURN(auto bound, transport_->Bind(std::string(model), std::string(version), count));
  std::vector<Binding> bindings;
  bindings.reserve(bound.size());
  for (auto& one : bound) bindings.push_back(Binding(std::move(one)));
  return bindings;
}

Status Client::CheckReady() const { return transport_->CheckReady(); }

const std::string& Client::runtime_dir() const { return runtime_dir_; }

}  // namespace tfld
