#include "daemon/scheduler/quota.h"

#include <gtest/gtest.h>

#include <array>
#include <deque>

#include "daemon/scheduler/cost_estimate.h"
#include "tests/daemon/scheduler/simulated_job.h"

namespace tfld::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using test::SimulatedJob;

SteadyTime At(int ms) { return SteadyTime(milliseconds(ms)); }

class QuotaTest : public testing::Test {
 protected:
  SimulatedJob& Make(std::uint32_t uid, std::uint64_t bytes = 0, nanoseconds cost = nanoseconds(0)) {
    SimulatedJob& job = jobs_.emplace_back(nullptr);
    job.client.uid = uid;
    job.bytes = bytes;
    job.ticket.cost = cost;
    return job;
  }
  static Refusal Admit(Quota& quota, Job& job, SteadyTime now = At(0)) {
    return quota.Admit(quota.UsageOf(job.client.uid), job, now);
  }

  std::deque<SimulatedJob> jobs_;
};

TEST_F(QuotaTest, RequestsInFlight) {
  Quota quota({.defaults = {.max_requests = 2}}, 1);
  Job& first = Make(1);
  EXPECT_EQ(Admit(quota, first), Refusal::kNone);
  EXPECT_EQ(Admit(quota, Make(1)), Refusal::kNone);
  EXPECT_EQ(Admit(quota, Make(1)), Refusal::kUserRequests);
  EXPECT_EQ(Admit(quota, Make(2)), Refusal::kNone) << "another user";
  quota.Release(first, nanoseconds(0), At(0));
  EXPECT_EQ(Admit(quota, Make(1)), Refusal::kNone);
}

TEST_F(QuotaTest, BytesInFlight) {
  Quota quota({.defaults = {.max_bytes = 100}}, 1);
  Job& first = Make(1, 60);
  EXPECT_EQ(Admit(quota, first), Refusal::kNone);
  EXPECT_EQ(Admit(quota, Make(1, 41)), Refusal::kUserBytes);
  EXPECT_EQ(Admit(quota, Make(1, ~std::uint64_t{0})), Refusal::kUserBytes);
  EXPECT_EQ(Admit(quota, Make(1, 40)), Refusal::kNone);
  quota.Release(first, nanoseconds(0), At(0));
  EXPECT_EQ(Admit(quota, Make(1, 60)), Refusal::kNone);
}

TEST_F(QuotaTest, AUserMayHaveItsOwnLimits) {
  Quota quota({.defaults = {.max_requests = 1}, .users = {{7, {.max_requests = 2, .weight = 3}}}}, 1);
  EXPECT_EQ(quota.UsageOf(7).limits.weight, 3);
  EXPECT_EQ(Admit(quota, Make(7)), Refusal::kNone);
  EXPECT_EQ(Admit(quota, Make(7)), Refusal::kNone);
  EXPECT_EQ(Admit(quota, Make(7)), Refusal::kUserRequests);
}

TEST_F(QuotaTest, ASecondsWorthAtOnceAndThenAsItComes) {
  Quota quota({.defaults = {.compute_share = 0.25}}, 2);  // 500 ms a second
  const auto use = [&](int now, int cost) {
    Job& job = Make(1, 0, milliseconds(cost));
    const Refusal refusal = Admit(quota, job, At(now));
    if (refusal == Refusal::kNone) quota.Release(job, milliseconds(cost), At(now));
    return refusal;
  };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(use(1'000, 100), Refusal::kNone);
  EXPECT_EQ(use(1'000, 100), Refusal::kUserCompute);
  EXPECT_EQ(use(1'190, 100), Refusal::kUserCompute);
  EXPECT_EQ(use(1'200, 100), Refusal::kNone) << "as much has come";
  EXPECT_EQ(use(1'200, 100), Refusal::kUserCompute);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(use(100'000, 100), Refusal::kNone);
  EXPECT_EQ(use(100'000, 100), Refusal::kUserCompute) << "a long pause is worth no more than a second";
}

TEST_F(QuotaTest, AJobThatIsLargerThanTheAllowanceIsPaidForByThoseAfterIt) {
  Quota quota({.defaults = {.compute_share = 0.05}}, 1);
  int used = 0;
  for (int now = 0; now < 100'000; now += 10) {
    Job& job = Make(1, 0, milliseconds(500));
    if (Admit(quota, job, At(now)) != Refusal::kNone) continue;
    now += 500;
    used += 500;
    quota.Release(job, milliseconds(500), At(now));
  }
  EXPECT_NEAR(used, 5'000, 500);
}

TEST_F(QuotaTest, WhatNobodyExpectedIsPaidForToo) {
  Quota quota({.defaults = {.compute_share = 0.1}}, 1);
  std::array<Job*, 4> jobs = {&Make(1), &Make(1), &Make(1), &Make(1)};  // none has run before
  for (Job* job : jobs) EXPECT_EQ(Admit(quota, *job), Refusal::kNone);
  for (Job* job : jobs) quota.Release(*job, milliseconds(500), At(500));
  EXPECT_EQ(Admit(quota, Make(1, 0, milliseconds(10)), At(10'000)), Refusal::kUserCompute);
  EXPECT_EQ(Admit(quota, Make(1, 0, milliseconds(10)), At(20'500)), Refusal::kNone);
}

TEST_F(QuotaTest, WhatIsInFlightCountsAsItIsExpected) {
  Quota quota({.defaults = {.compute_share = 0.5}}, 1);
  EXPECT_EQ(Admit(quota, Make(1, 0, milliseconds(700))), Refusal::kNone) << "the first is not too large";
  EXPECT_EQ(Admit(quota, Make(1, 0, milliseconds(1))), Refusal::kUserCompute);
}

TEST_F(QuotaTest, ForgetsUsersThatHaveNothingInFlight) {
  Quota quota({.defaults = {.max_requests = 1}}, 1);
  EXPECT_EQ(Admit(quota, Make(0)), Refusal::kNone);
  UserUsage* const busy = &quota.UsageOf(0);
  for (std::uint32_t uid = 1; uid < 5'000; ++uid) {
    Job& job = Make(uid);
    EXPECT_EQ(Admit(quota, job), Refusal::kNone);
    quota.Release(job, nanoseconds(0), At(0));
  }
  EXPECT_EQ(&quota.UsageOf(0), busy);
  EXPECT_EQ(Admit(quota, Make(0)), Refusal::kUserRequests);
}

TEST(CostEstimateTest, FollowsWhatIsMeasured) {
  CostEstimate cost;
  EXPECT_EQ(cost.mean(), nanoseconds(0));
  cost.Add(milliseconds(10));
  EXPECT_EQ(cost.mean(), milliseconds(10));
  for (int i = 0; i < 100; ++i) cost.Add(milliseconds(2));
  EXPECT_NEAR(static_cast<double>(cost.mean().count()), 2e6, 1e4);
  EXPECT_NEAR(static_cast<double>(cost.floor().count()), 2e6, 1e3);
}

TEST(CostEstimateTest, OneShortRunIsForgotten) {
  CostEstimate cost;
  cost.Add(milliseconds(10));
  cost.Add(milliseconds(1));
  EXPECT_LE(cost.floor(), milliseconds(1));
  for (int i = 0; i < 500; ++i) cost.Add(milliseconds(10));
  EXPECT_GE(cost.floor(), milliseconds(9));
}

TEST(CostEstimateTest, DoubtLowersTheFloorUntilTheNextRun) {
  CostEstimate cost;
  cost.Add(milliseconds(10));
  for (int i = 0; i < 64; ++i) cost.Doubt();
  EXPECT_NEAR(static_cast<double>(cost.floor().count()), 5e6, 1e3);
  for (int i = 0; i < 1'000; ++i) cost.Doubt();
  EXPECT_EQ(cost.floor(), nanoseconds(0));
  cost.Add(milliseconds(10));
  EXPECT_GE(cost.floor(), milliseconds(9));
}

}  // namespace
}  // namespace tfld::daemon
