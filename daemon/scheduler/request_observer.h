// RequestObserver: is told of every inference request that has ended, whichever way it came.
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/scheduler/job.h"
#include "engine/base/status.h"

namespace tfld::daemon {

struct FinishedRequest {
  std::string_view model;      // empty when the request named no model that serves: outsiders cannot invent names here
  std::uint64_t version = 0;   // that it ran on
  std::uint32_t uid = 0;       // of the caller
  std::string_view transport;  // "grpc"
  StatusCode code = StatusCode::kOk;
  SteadyTime received{};
  JobTimes times;  // all zero when the request never came to a queue
};

class RequestObserver {
 public:
  virtual ~RequestObserver() = default;
  // Any thread, many at once, before the caller gets its answer. Must be quick and must not block.
  virtual void OnRequest(const FinishedRequest& request) = 0;
};

}  // namespace tfld::daemon
