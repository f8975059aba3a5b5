#include "daemon/lifecycle/version_state.h"

#include <array>

namespace tfld::daemon {

std::string_view VersionStateName(VersionState state) {
  static constexpr std::array<std::string_view, 8> kNames = {"received", "verified", "staged",  "warming",
                                                             "active",   "draining", "retired", "failed"};
  return kNames[static_cast<std::size_t>(state)];
}

bool MayFollow(VersionState from, VersionState to) {
  using enum VersionState;
  if (to == kFailed) return from != kFailed;
  switch (from) {
    case kReceived: return to == kVerified;
    case kVerified: return to == kStaged;
    case kStaged: return to == kWarming;
    case kWarming: return to == kActive || to == kStaged || to == kRetired;  // back to what it was before it tried
    case kActive: return to == kDraining || to == kRetired;
    case kDraining: return to == kRetired || to == kWarming;
    case kRetired: return to == kWarming;
    case kFailed: return to == kReceived;  // the number may be used for another try
  }
  return false;
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
