#include "daemon/lifecycle/version_state.h"

#include <array>

namespace tfld::daemon {

std::string_view VersionStateName(VersionState state) {
  static constexpr std::array<std::string_view, 9> kNames = {"received", "verified", "staged",  "warming", "loaded",
                                                             "active",   "draining", "retired", "failed"};
  return kNames[static_cast<std::size_t>(state)];
}

VersionState FromStored(StoredState state) {
  switch (state) {
    case StoredState::kStaged: return VersionState::kStaged;
    case StoredState::kWarming: return VersionState::kWarming;
    case StoredState::kActive: return VersionState::kActive;
    case StoredState::kRetired: return VersionState::kRetired;
    case StoredState::kFailed: return VersionState::kFailed;
  }
  return VersionState::kFailed;
}

}  // namespace tfld::daemon
