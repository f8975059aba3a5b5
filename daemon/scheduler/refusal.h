// Why a job is not taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tfld::daemon {

enum class Refusal : std::uint8_t {
  kNone,
  kStopping,         // the daemon stops
  kQueueFull,        // too many wait: of all,
  kClientQueueFull,  // of one client,
  kModelQueueFull,   // for one model version
  kDeadline,         // cannot be met, by what the model has cost so far and what waits
  kUserRequests,     // the user's quota: requests in flight,
  kUserBytes,        // bytes of these,
  kUserCompute,      // the executors' time in the last second
};
inline constexpr std::size_t kRefusals = 9;

// "queue_full" and so on, for metrics; "none".
std::string_view RefusalName(Refusal refusal);

}  // namespace tfld::daemon
