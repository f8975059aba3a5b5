// FailureLog: tells the log of requests that failed without letting anybody flood it: the first failure of a kind at
// once, and after that one line in so many seconds, with how many there were.
//
// Thread rule: OnRequest on any thread, and a request that succeeded costs a comparison; Flush on one.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "daemon/scheduler/request_observer.h"

namespace tfld::daemon {

// One line of the log.
struct FailureSummary {
  std::string model;  // empty: of requests that named no model that serves, and of models beyond the bound
  StatusCode code = StatusCode::kOk;
  std::uint64_t count = 0;  // since the last line of this kind
  // Of the last of them.
  std::string id;
  std::uint64_t version = 0;
  std::uint32_t uid = 0;
  std::int32_t pid = 0;
};

class FailureLog final : public RequestObserver {
 public:
  using Sink = std::function<void(const FailureSummary&)>;
  static constexpr std::chrono::seconds kInterval{10};

  explicit FailureLog(Sink sink) : sink_(std::move(sink)) {}

  void OnRequest(const FinishedRequest& request) override;

  // Writes what is due. Call it about once a second.
  void Flush(SteadyTime now);

 private:
  struct Kind {
    FailureSummary pending;
    SteadyTime quiet_until{};
  };
  static constexpr std::size_t kMaxKinds = 256;

  const Sink sink_;
  std::mutex mutex_;  // guards what follows
  std::map<std::pair<std::string, StatusCode>, Kind> kinds_;
};

// The sink of the daemon: a warning when it is the daemon's fault, information when it is the caller's.
void LogFailure(const FailureSummary& summary);

}  // namespace tfld::daemon
