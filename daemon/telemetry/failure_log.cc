#include "daemon/telemetry/failure_log.h"

#include <vector>

#include "daemon/telemetry/log.h"
#include "engine/base/cut_text.h"

namespace tfld::daemon {
namespace {

constexpr std::size_t kMaxIdBytes = 128;  // of a request's, in the log

}  // namespace

void FailureLog::OnRequest(const FinishedRequest& request) {
  if (request.code == StatusCode::kOk || request.code == StatusCode::kCancelled) return;
  const std::lock_guard lock(mutex_);
  std::pair key(std::string(request.model), request.code);
  if (kinds_.size() >= kMaxKinds && !kinds_.contains(key)) key.first.clear();
  FailureSummary& pending = kinds_[key].pending;
  pending.model = key.first;
  pending.code = request.code;
  ++pending.count;
  pending.id = CutText(request.id, kMaxIdBytes);
  pending.version = request.version;
  pending.uid = request.uid;
  pending.pid = request.pid;
}

void FailureLog::Flush(SteadyTime now) {
  std::vector<FailureSummary> due;
  {
    const std::lock_guard lock(mutex_);
    for (auto it = kinds_.begin(); it != kinds_.end();) {
      Kind& kind = it->second;
      if (now < kind.quiet_until) {
        ++it;
      } else if (kind.pending.count == 0) {
        it = kinds_.erase(it);
      } else {
        due.push_back(kind.pending);
        kind.pending.count = 0;
        kind.quiet_until = now + kInterval;
        ++it;
      }
    }
  }
  for (const FailureSummary& summary : due) sink_(summary);
}

void LogFailure(const FailureSummary& summary) {
  const bool ours = summary.code == StatusCode::kInternal || summary.code == StatusCode::kUnknown ||
                    summary.code == StatusCode::kDataLoss;
  Log(ours ? LogLevel::kWarning : LogLevel::kInfo, "requests failed",
      {{"model", summary.model},
       {"version", std::to_string(summary.version)},
       {"code", std::string(StatusCodeName(summary.code))},
       {"count", std::to_string(summary.count)},
       {"last_request_id", summary.id},
       {"last_client", "uid " + std::to_string(summary.uid) + " pid " + std::to_string(summary.pid)}});
}

}  // namespace tfld::daemon
