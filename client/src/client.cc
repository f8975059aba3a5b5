#include "tfld/client.h"

#include <utility>

#include "client/src/grpc_transport.h"
#include "client/src/runtime_dir.h"

namespace tfld {

Client::Client(std::string runtime_dir, std::shared_ptr<client::Transport> transport)
    : runtime_dir_(std::move(runtime_dir)), transport_(std::move(transport)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::Connect(const ClientOptions& options) {
  std::string runtime_dir = client::FindRuntimeDir(options.runtime_dir);
  TFLD_ASSIGN_OR_RETURN(const std::string socket_path, client::SocketPath(runtime_dir, "tfld.sock"));
  std::shared_ptr<client::Transport> transport = client::MakeGrpcTransport(socket_path, options.max_message_bytes);
  TFLD_RETURN_IF_ERROR(transport->Connect(options.wait));
  return Client(std::move(runtime_dir), std::move(transport));
}

Result<Binding> Client::Bind(std::string_view model, std::string_view version) const {
  TFLD_ASSIGN_OR_RETURN(auto bound, transport_->Bind(std::string(model), std::string(version)));
  return Binding(std::move(bound));
}

Status Client::CheckReady() const { return transport_->CheckReady(); }

const std::string& Client::runtime_dir() const { return runtime_dir_; }

}  // namespace tfld
