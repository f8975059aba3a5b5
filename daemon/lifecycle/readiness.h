// Readiness: whether the daemon serves, and what requests are told when it does not.
//
// Thread rule: any thread.
#pragma once

#include <atomic>
#include <cstdint>

#include "engine/base/status.h"

namespace tfld::daemon {

enum class Phase : std::uint8_t { kStarting, kServing, kStopping };

class Readiness {
 public:
  explicit Readiness(Phase phase = Phase::kStarting) : phase_(phase) {}

  Phase phase() const { return phase_.load(std::memory_order_acquire); }
  bool serving() const { return phase() == Phase::kServing; }
  void Set(Phase phase) { phase_.store(phase, std::memory_order_release); }

  // UNAVAILABLE unless it serves.
  Status Check() const {
    switch (phase()) {
      case Phase::kStarting: return Unavailable("the stored models are still being loaded");
      case Phase::kStopping: return Unavailable("the daemon is stopping");
      default: return {};
    }
  }

 private:
  std::atomic<Phase> phase_;
};

}  // namespace tfld::daemon
