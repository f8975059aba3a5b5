// RequestObserver: is told of every inference request that has ended, whichever way it came.
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/scheduler/job.h"
#include "engine/base/status.h"

namespace tfld::daemon {

// The names of the transports, for FinishedRequest.
inline constexpr std::string_view kGrpcTransport = "grpc";
inline constexpr std::string_view kChannelTransport = "channel";  // of shared memory

// What is pointed to lives for the time of the call.
struct FinishedRequest {
  std::string_view model;     // empty when the request named no model that serves: outsiders cannot invent names here
  std::uint64_t version = 0;  // that it ran on
  const ModelInstance* instance = nullptr;  // of that version, which holds its counters; null when model is empty
  std::string_view id;                      // that the caller gave the request; may be empty
  std::uint32_t uid = 0;                    // of the caller
  std::int32_t pid = 0;                     // of the caller, 0 when it is not known
  std::string_view transport;               // kGrpcTransport, kChannelTransport
  StatusCode code = StatusCode::kOk;
  PriorityClass priority = PriorityClass::kNormal;
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
