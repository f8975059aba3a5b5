#include "daemon/lifecycle/version_state.h"

#include <gtest/gtest.h>

namespace tfld::daemon {
namespace {

using enum VersionState;

TEST(VersionState, NamesAreLowerCase) {
  EXPECT_EQ(VersionStateName(kReceived), "received");
  EXPECT_EQ(VersionStateName(kLoaded), "loaded");
  EXPECT_EQ(VersionStateName(kFailed), "failed");
}

TEST(VersionState, WhatIsStoredIsShown) {
  EXPECT_EQ(FromStored(StoredState::kStaged), kStaged);
  EXPECT_EQ(FromStored(StoredState::kWarming), kWarming);
  EXPECT_EQ(FromStored(StoredState::kActive), kActive);
  EXPECT_EQ(FromStored(StoredState::kRetired), kRetired);
  EXPECT_EQ(FromStored(StoredState::kFailed), kFailed);
}

}  // namespace
}  // namespace tfld::daemon
