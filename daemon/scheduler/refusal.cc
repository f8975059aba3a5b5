#include "daemon/scheduler/refusal.h"

#include <array>

namespace tfld::daemon {

std::string_view RefusalName(Refusal refusal) {
  static constexpr std::array<std::string_view, kRefusals> kNames = {
      "none",     "stopping",      "queue_full", "client_queue_full", "model_queue_full",
      "deadline", "user_requests", "user_bytes", "user_compute",
  };
  return kNames[static_cast<std::size_t>(refusal)];
}

}  // namespace tfld::daemon
