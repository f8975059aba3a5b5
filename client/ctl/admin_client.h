// The admin service of the daemon, with our own statuses: one function a call. What changes models takes as long as it
// takes, all else ten seconds at most.
//
// Thread rule: one thread at a time.
#pragma once

#include <chrono>
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
  Result<v1::VersionStatus> SetLabel(const std::string& model, const std::string& label, std::uint64_t version);
  Status RemoveLabel(const std::string& model, const std::string& label);
  Status Remove(const std::string& model, std::optional<std::uint64_t> version);
  Result<v1::ListModelsResponse> ListModels();
  Result<v1::ModelStatus> GetModel(const std::string& model);
  Result<v1::GetHistoryResponse> GetHistory(const std::string& model, std::uint32_t limit);
  // Of all models for an empty name. NOT_FOUND for a model that neither is there nor was of late.
  Result<v1::GetStatsResponse> GetStats(const std::string& model, bool histograms = false);
  Result<v1::GetServerInfoResponse> GetServerInfo();
  // An empty level changes nothing.
  Result<v1::SetLogLevelResponse> SetLogLevel(const std::string& level);

  // Call `on_message` on the calling thread until it returns false or the time is over, or the daemon has no more; the
  // daemon's stop is no error. No time is no limit. DEADLINE_EXCEEDED when the daemon sends nothing, not even the
  // message that comes at once.
  using Duration = std::chrono::duration<double>;
  Status Trace(const v1::TraceRequest& request, Duration time,
               const std::function<bool(const v1::TraceResponse&)>& on_message);
  Status Watch(const std::string& model, Duration time,
               const std::function<bool(const v1::WatchResponse&)>& on_message);

 private:
  struct Connection;

  // No time is no limit.
  template <typename Response, typename Method, typename Request>
  Result<Response> Call(Method method, const Request& request, Duration time = {});

  template <typename Message, typename Method, typename Request>
  Status Follow(Method method, const Request& request, Duration time, const std::function<bool(const Message&)>& show);

  std::unique_ptr<Connection> connection_;
};

}  // namespace tfld::ctl
