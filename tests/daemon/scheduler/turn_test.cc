// For how long an executor stays with a client.
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <vector>

#include "daemon/scheduler/policy.h"
#include "tests/daemon/scheduler/simulated_job.h"

namespace tfld::daemon {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;
using test::SimulatedJob;

// Jobs of 100 us.
class TurnTest : public testing::Test {
 protected:
  // Ada and Bob have had something already, so they are not new.
  TurnTest() {
    for (const JobClient client : {kAda, kBob}) {
      Push(client, Us(0));
      policy_.Charge(*policy_.Pop(Us(0)), kCost);
    }
  }

  static SteadyTime Us(int us) { return SteadyTime(microseconds(us)); }
  SimulatedJob& Push(JobClient client, SteadyTime now, PriorityClass priority = PriorityClass::kNormal,
                     nanoseconds cost = kCost) {
    SimulatedJob& job = jobs_.emplace_back(instance_);
    job.priority = priority;
    job.client = client;
    job.ticket.cost = cost;
    job.ticket.times.queued = now;
    EXPECT_EQ(policy_.Push(job, now), Refusal::kNone);
    return job;
  }
  Job* Pop(SteadyTime now) { return policy_.Pop(now, &turn_); }

  static constexpr JobClient kAda{1, 10}, kBob{2, 20}, kEve{3, 30};
  static constexpr nanoseconds kCost = microseconds(100);
  std::shared_ptr<ModelInstance> instance_ = test::AnyInstance();
  std::deque<SimulatedJob> jobs_;
  Policy policy_{{}};
  Turn turn_;
};

TEST_F(TurnTest, ServesWhatAClientHadWaiting) {
  std::vector<Job*> adas, bobs;
  for (int i = 0; i < 3; ++i) {
    adas.push_back(&Push(kAda, Us(0)));
    bobs.push_back(&Push(kBob, Us(0)));
  }
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(Pop(Us(10'000)), adas[i]);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(Pop(Us(10'300)), bobs[i]);
}

TEST_F(TurnTest, AnotherExecutorServesAnother) {
  for (int i = 0; i < 4; ++i) Push(i % 2 == 0 ? kAda : kBob, Us(0));
  Turn others;
  EXPECT_EQ(Pop(Us(10'000))->client, kAda);
  EXPECT_EQ(policy_.Pop(Us(10'000), &others)->client, kBob);
  EXPECT_EQ(policy_.Pop(Us(10'100), &others)->client, kBob);
  EXPECT_EQ(Pop(Us(10'100))->client, kAda);
}

TEST_F(TurnTest, LeavesWhatCameSince) {
  Push(kAda, Us(0));
  Push(kBob, Us(0));
  EXPECT_EQ(Pop(Us(10'000))->client, kAda);
  Push(kAda, Us(10'050));
  EXPECT_EQ(Pop(Us(10'100))->client, kBob);
}

TEST_F(TurnTest, DelaysOthersByHalfOfWhatTheyHaveWaited) {
  for (int i = 0; i < 9; ++i) Push(kAda, Us(0));
  Push(kBob, Us(0));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Pop(Us(800 + i * 100))->client, kAda) << i;
  EXPECT_EQ(Pop(Us(1200))->client, kBob);
}

TEST_F(TurnTest, IsNeverLong) {
  for (int i = 0; i < 50; ++i) Push(kAda, Us(0));
  Push(kBob, Us(0));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Pop(Us(1'000'000 + i * 100))->client, kAda) << i;
  EXPECT_EQ(Pop(Us(1'001'000))->client, kBob);
}

TEST_F(TurnTest, DelaysNobodyWhoIsNew) {
  for (int i = 0; i < 9; ++i) Push(kAda, Us(0));
  for (int i = 0; i < 2; ++i) Push(kBob, Us(0));
  EXPECT_EQ(Pop(Us(10'000))->client, kAda);
  const Job& newcomer = Push(kEve, Us(10'000));
  EXPECT_EQ(Pop(Us(10'100))->client, kBob) << "as far behind as the new one, and came before";
  EXPECT_EQ(Pop(Us(10'200)), &newcomer);
  EXPECT_EQ(Pop(Us(10'300))->client, kAda);
}

TEST_F(TurnTest, GivesWayToHigherClasses) {
  for (int i = 0; i < 3; ++i) Push(kAda, Us(0));
  Push(kBob, Us(0));
  EXPECT_EQ(Pop(Us(10'000))->client, kAda);
  const Job& critical = Push(kBob, Us(10'000), PriorityClass::kCritical);
  EXPECT_EQ(Pop(Us(10'100)), &critical);
}

TEST_F(TurnTest, NeedsToKnowTheCost) {
  for (int i = 0; i < 4; ++i) Push(i % 2 == 0 ? kAda : kBob, Us(0), PriorityClass::kNormal, nanoseconds(0));
  EXPECT_EQ(Pop(Us(10'000))->client, kAda);
  EXPECT_EQ(Pop(Us(10'100))->client, kBob);
}

TEST_F(TurnTest, EndsWhereItsNextJobMayNotRun) {
  Push(kAda, Us(0));
  instance_ = test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 1, {.max_concurrent = 1});
  Push(kAda, Us(0)).instance->load().running = 1;
  instance_ = test::AnyInstance();
  Push(kBob, Us(0));
  EXPECT_EQ(Pop(Us(10'000))->client, kAda);
  EXPECT_EQ(Pop(Us(10'100))->client, kBob);
  EXPECT_EQ(Pop(Us(10'200)), nullptr);
}

}  // namespace
}  // namespace tfld::daemon
