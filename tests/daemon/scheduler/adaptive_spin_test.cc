#include "daemon/scheduler/adaptive_spin.h"

#include <gtest/gtest.h>

namespace tfld::daemon {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// Of `count` waits, how many spun, when they last so long each way.
int Spun(AdaptiveSpin& spin, int count, nanoseconds spinning, nanoseconds sleeping) {
  int spun = 0;
  for (int i = 0; i < count; ++i) {
    const nanoseconds budget = spin.Budget();
    if (budget > nanoseconds(0)) ++spun;
    spin.Record(budget > nanoseconds(0) ? spinning : sleeping, budget);
  }
  return spun;
}

TEST(AdaptiveSpinTest, SpinsWhereThatIsQuicker) {
  AdaptiveSpin spin(microseconds(20));
  EXPECT_GE(Spun(spin, 1'000, microseconds(2), microseconds(9)), 950);
}

TEST(AdaptiveSpinTest, SleepsWhereSpinningIsInTheClientsWay) {
  AdaptiveSpin spin(microseconds(20));
  EXPECT_LE(Spun(spin, 1'000, microseconds(27), microseconds(9)), 50);
}

TEST(AdaptiveSpinTest, AnIdleDaemonDoesNotSpin) {
  AdaptiveSpin spin(microseconds(20));
  EXPECT_LE(Spun(spin, 1'000, milliseconds(5), milliseconds(5)), 5);
}

TEST(AdaptiveSpinTest, FollowsAChange) {
  AdaptiveSpin spin(microseconds(20));
  Spun(spin, 1'000, milliseconds(5), milliseconds(5));
  Spun(spin, 500, microseconds(2), microseconds(9));
  EXPECT_GE(Spun(spin, 1'000, microseconds(2), microseconds(9)), 950);
  Spun(spin, 3'000, microseconds(27), microseconds(9));
  EXPECT_LE(Spun(spin, 1'000, microseconds(27), microseconds(9)), 50);
  Spun(spin, 8'000, microseconds(2), microseconds(9));
  EXPECT_GE(Spun(spin, 1'000, microseconds(2), microseconds(9)), 950);
}

TEST(AdaptiveSpinTest, ZeroIsNever) {
  AdaptiveSpin spin(nanoseconds(0));
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(spin.Budget(), nanoseconds(0));
    spin.Record(microseconds(1), nanoseconds(0));
  }
}

}  // namespace
}  // namespace tfld::daemon
