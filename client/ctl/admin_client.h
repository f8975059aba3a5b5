// The admin service of the daemon, with our own statuses: one function a call.
//
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "engine/base/result.h"
#include "tfld/v1/admin.pb.h"

namespace tfld::ctl {

class AdminClient {
 public:
  explicit AdminClient(const std::string& socket_path);
  ~AdminClient();

  // How far a deploy is. Both on the calling thread.
  struct DeployWatcher {
    std::function<void(std::size_t sent)> on_sent;
    std::function<void(const v1::DeployEvent&)> on_event;
  };

  // Sends `bytes` after the header and waits for the end.
  Result<v1::VersionStatus> Deploy(const v1::DeployHeader& header, std::span<const std::byte> bytes,
                                   const DeployWatcher& watcher);
  Result<v1::VersionStatus> Activate(const std::string& model, std::uint64_t version);
  Result<v1::VersionStatus> Rollback(const std::string& model, std::optional<std::uint64_t> version);
  Status Remove(const std::string& model, std::optional<std::uint64_t> version);
  Result<v1::ListModelsResponse> ListModels();
  Result<v1::ModelStatus> GetModel(const std::string& model);
  Result<v1::GetHistoryResponse> GetHistory(const std::string& model, std::uint32_t limit);
  Result<v1::GetStatsResponse> GetStats(const std::string& model);
  Result<v1::GetServerInfoResponse> GetServerInfo();

 private:
  struct Connection;

  template <typename Response, typename Method, typename Request>
  Result<Response> Call(Method method, const Request& request);

  std::unique_ptr<Connection> connection_;
};

}  // namespace tfld::ctl
