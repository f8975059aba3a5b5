#include "daemon/lifecycle/version_state.h"

#include <gtest/gtest.h>

namespace tfld::daemon {
namespace {

using enum VersionState;

TEST(VersionState, NamesAreLowerCase) {
  EXPECT_EQ(VersionStateName(kReceived), "received");
  EXPECT_EQ(VersionStateName(kFailed), "failed");
}

TEST(VersionState, TheWayOfADeployIsLegal) {
  constexpr VersionState kWay[] = {kReceived, kVerified, kStaged, kWarming, kActive, kDraining, kRetired, kWarming};
  for (std::size_t i = 0; i + 1 < std::size(kWay); ++i) EXPECT_TRUE(MayFollow(kWay[i], kWay[i + 1])) << i;
}

TEST(VersionState, ShortCutsAreNot) {
  EXPECT_FALSE(MayFollow(kReceived, kActive));
  EXPECT_FALSE(MayFollow(kStaged, kActive));
  EXPECT_FALSE(MayFollow(kActive, kStaged));
  EXPECT_FALSE(MayFollow(kFailed, kActive));
}

TEST(VersionState, AnythingCanFailOnce) {
  for (VersionState state : {kReceived, kVerified, kStaged, kWarming, kActive, kDraining, kRetired}) {
    EXPECT_TRUE(MayFollow(state, kFailed));
  }
  EXPECT_FALSE(MayFollow(kFailed, kFailed));
}

}  // namespace
}  // namespace tfld::daemon
