#include "daemon/scheduler/policy.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "tests/daemon/scheduler/simulated_job.h"

namespace tfld::daemon {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using test::SimulatedJob;

SteadyTime At(int ms) { return SteadyTime(milliseconds(ms)); }

class PolicyTest : public testing::Test {
 protected:
  SimulatedJob& Make(PriorityClass priority, JobClient client, SteadyTime deadline = SteadyTime::max(),
                     nanoseconds cost = milliseconds(1)) {
    SimulatedJob& job = jobs_.emplace_back(instance_);
    job.priority = priority;
    job.client = client;
    job.deadline = deadline;
    job.ticket.cost = cost;
    return job;
  }
  SimulatedJob& MakeNormal(JobClient client, SteadyTime deadline = SteadyTime::max(),
                           nanoseconds cost = milliseconds(1)) {
    return Make(PriorityClass::kNormal, client, deadline, cost);
  }

  static constexpr JobClient kAda{1, 10}, kBob{2, 20};
  std::shared_ptr<ModelInstance> instance_ = test::AnyInstance();
  std::deque<SimulatedJob> jobs_;
};

TEST_F(PolicyTest, NothingWaits) {
  Policy policy({});
  EXPECT_EQ(policy.Pop(At(0)), nullptr);
  EXPECT_EQ(policy.PopUrgent(MakeNormal(kAda), milliseconds(1)), nullptr);
}

TEST_F(PolicyTest, ClassesAreStrict) {
  Policy policy({});
  Job& background = Make(PriorityClass::kBackground, kAda);
  Job& normal = Make(PriorityClass::kNormal, kAda);
  Job& critical = Make(PriorityClass::kCritical, kAda);
  for (Job* job : {&background, &normal, &critical}) ASSERT_EQ(policy.Push(*job, At(0)), Refusal::kNone);
  EXPECT_EQ(policy.size(PriorityClass::kCritical), 1u);
  for (Job* job : {&critical, &normal, &background}) {
    EXPECT_EQ(policy.Pop(At(0)), job);
    policy.Charge(*job, milliseconds(1));
  }
}

// A normal job runs, and has 4 ms to go.
TEST_F(PolicyTest, WhatRunsInTheMiddleOfAnother) {
  struct Case {
    const char* what;
    PriorityClass priority;
    JobClient client;
    nanoseconds cost;
    bool urgent;
  };
  const Case cases[] = {
      {"critical", PriorityClass::kCritical, kAda, milliseconds(9), true},
      {"small, of another client", PriorityClass::kNormal, kBob, microseconds(50), true},
      {"small, of the same client", PriorityClass::kNormal, kAda, microseconds(50), false},
      {"large", PriorityClass::kNormal, kBob, milliseconds(1), false},
      {"of unknown cost", PriorityClass::kNormal, kBob, nanoseconds(0), false},
      {"of a lower class", PriorityClass::kBackground, kBob, microseconds(50), false},
  };
  for (const Case& one : cases) {
    Policy policy({});
    std::ignore = policy.Push(MakeNormal(kAda, SteadyTime::max(), milliseconds(4)), At(0));
    Job& running = *policy.Pop(At(0));
    Job& job = Make(one.priority, one.client, SteadyTime::max(), one.cost);
    std::ignore = policy.Push(job, At(0));
    EXPECT_EQ(policy.PopUrgent(running, milliseconds(4)), one.urgent ? &job : nullptr) << one.what;
  }
}

TEST_F(PolicyTest, NothingSmallIsUrgentAtTheEndOfAnother) {
  Policy policy({});
  std::ignore = policy.Push(MakeNormal(kAda, SteadyTime::max(), milliseconds(4)), At(0));
  Job& running = *policy.Pop(At(0));
  Job& small = MakeNormal(kBob, SteadyTime::max(), microseconds(50));
  std::ignore = policy.Push(small, At(0));
  EXPECT_EQ(policy.PopUrgent(running, microseconds(100)), nullptr);
  EXPECT_EQ(policy.PopUrgent(running, microseconds(200)), &small);
}

TEST_F(PolicyTest, WithoutASecondSessionNothingIsUrgent) {
  instance_ = test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 1);
  Policy policy({});
  std::ignore = policy.Push(MakeNormal(kAda, SteadyTime::max(), milliseconds(4)), At(0));
  Job& running = *policy.Pop(At(0));
  std::ignore = policy.Push(Make(PriorityClass::kCritical, kBob), At(0));
  EXPECT_EQ(policy.PopUrgent(running, milliseconds(4)), nullptr);
}

TEST_F(PolicyTest, BackgroundAges) {
  Policy policy({.aging = milliseconds(100)});
  for (int i = 0; i < 3; ++i) std::ignore = policy.Push(Make(PriorityClass::kBackground, kAda), At(0));
  for (int i = 0; i < 9; ++i) std::ignore = policy.Push(Make(PriorityClass::kNormal, kBob), At(0));
  std::vector<int> background;
  for (int now = 0; now < 270; now += 30) {
    const Job* job = policy.Pop(At(now));
    if (job->priority == PriorityClass::kBackground) background.push_back(now);
  }
  EXPECT_EQ(background, (std::vector<int>{120, 240}));
}

TEST_F(PolicyTest, TheEarliestDeadlineOfAClientFirstThenArrival) {
  Policy policy({});
  Job& none = MakeNormal(kAda);
  Job& late = MakeNormal(kAda, At(90));
  Job& early = MakeNormal(kAda, At(50));
  Job& also_late = MakeNormal(kAda, At(90));
  for (Job* job : {&none, &late, &early, &also_late}) std::ignore = policy.Push(*job, At(0));
  for (Job* job : {&early, &late, &also_late, &none}) EXPECT_EQ(policy.Pop(At(0)), job);
}

TEST_F(PolicyTest, ShortDeadlinesTakeNothingFromAnother) {
  Policy policy({});
  for (int i = 0; i < 100; ++i) std::ignore = policy.Push(MakeNormal(kAda, At(100 + i)), At(0));
  for (int i = 0; i < 10; ++i) std::ignore = policy.Push(MakeNormal(kBob), At(0));
  int bobs = 0;
  for (int i = 0; i < 20; ++i) {
    Job* job = policy.Pop(At(0));
    if (job->client == kBob) ++bobs;
    policy.Charge(*job, milliseconds(1));
  }
  EXPECT_EQ(bobs, 10);
}

TEST_F(PolicyTest, WhoComesLateIsNextAndSavesNothingUp) {
  Policy policy({});
  for (int i = 0; i < 100; ++i) std::ignore = policy.Push(MakeNormal(kAda), At(0));
  for (int i = 0; i < 50; ++i) policy.Charge(*policy.Pop(At(0)), milliseconds(1));
  for (int i = 0; i < 10; ++i) std::ignore = policy.Push(MakeNormal(kBob), At(50));
  std::vector<int> positions;
  for (int i = 0; i < 20; ++i) {
    Job* job = policy.Pop(At(50));
    if (job->client == kBob) positions.push_back(i);
    policy.Charge(*job, milliseconds(1));
  }
  ASSERT_EQ(positions.size(), 10u);
  EXPECT_LE(positions[0], 1);
  EXPECT_GE(positions[9], 17);  // one of each in turn, not ten in a row
}

TEST_F(PolicyTest, IdlingSavesNothingUp) {
  Policy policy({});
  Job& early = MakeNormal(kBob);
  std::ignore = policy.Push(early, At(0));
  policy.Charge(*policy.Pop(At(0)), milliseconds(1));
  for (int i = 0; i < 100; ++i) std::ignore = policy.Push(MakeNormal(kAda), At(0));
  for (int i = 0; i < 50; ++i) policy.Charge(*policy.Pop(At(i)), milliseconds(1));
  for (int i = 0; i < 10; ++i) std::ignore = policy.Push(MakeNormal(kBob), At(50));
  int bobs = 0;
  for (int i = 0; i < 10; ++i) {
    Job* job = policy.Pop(At(50));
    if (job->client == kBob) ++bobs;
    policy.Charge(*job, milliseconds(1));
  }
  EXPECT_NEAR(bobs, 5, 1);
}

TEST_F(PolicyTest, AJobThatDidNotRunIsNotPaidFor) {
  Policy policy({});
  for (int i = 0; i < 4; ++i) std::ignore = policy.Push(MakeNormal(kAda), At(0));
  for (int i = 0; i < 2; ++i) policy.Charge(*policy.Pop(At(0)), nanoseconds(0));
  std::ignore = policy.Push(MakeNormal(kBob), At(0));
  EXPECT_EQ(policy.Pop(At(0))->client, kAda) << "its tag is no later than that of a new one";
}

TEST_F(PolicyTest, BoundsHold) {
  Policy policy({.capacity = 5, .per_client = 3, .per_instance = 4});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(policy.Push(MakeNormal(kAda), At(0)), Refusal::kNone);
  EXPECT_EQ(policy.Push(MakeNormal(kAda), At(0)), Refusal::kClientQueueFull);
  EXPECT_EQ(policy.Push(Make(PriorityClass::kCritical, kAda), At(0)), Refusal::kClientQueueFull);
  EXPECT_EQ(policy.Push(MakeNormal(kBob), At(0)), Refusal::kNone);
  EXPECT_EQ(policy.Push(MakeNormal(kBob), At(0)), Refusal::kModelQueueFull);
  instance_ = test::AnyInstance();
  EXPECT_EQ(policy.Push(MakeNormal(kBob), At(0)), Refusal::kNone);
  EXPECT_EQ(policy.Push(MakeNormal(kBob), At(0)), Refusal::kQueueFull);
  EXPECT_EQ(policy.size(), 5u);
  policy.Pop(At(0));
  EXPECT_EQ(policy.Push(MakeNormal(kBob), At(0)), Refusal::kNone);
}

TEST_F(PolicyTest, TheDeadAreTakenOutWhereverTheyStand) {
  Policy policy({});
  std::vector<SimulatedJob*> jobs;
  for (int i = 0; i < 12; ++i) {
    const auto priority = static_cast<PriorityClass>(i % 3);
    jobs.push_back(&Make(priority, i % 2 == 0 ? kAda : kBob, i % 4 == 1 ? At(10) : SteadyTime::max()));
    std::ignore = policy.Push(*jobs.back(), At(0));
  }
  jobs[0]->is_cancelled = jobs[4]->is_cancelled = true;
  std::vector<Job*> dead;
  policy.TakeDead(At(10), dead);
  EXPECT_EQ(std::set<Job*>(dead.begin(), dead.end()), (std::set<Job*>{jobs[0], jobs[4], jobs[1], jobs[5], jobs[9]}));
  EXPECT_EQ(policy.size(), 7u);
  policy.TakeAll(dead);
  EXPECT_EQ(dead.size(), 12u);
  EXPECT_EQ(policy.Pop(At(10)), nullptr);
}

TEST_F(PolicyTest, CostAheadIsWhatGoesFirst) {
  Policy policy({});
  EXPECT_EQ(policy.CostAhead(MakeNormal(kAda)), nanoseconds(0));
  std::ignore = policy.Push(Make(PriorityClass::kCritical, kBob, SteadyTime::max(), milliseconds(7)), At(0));
  std::ignore = policy.Push(Make(PriorityClass::kBackground, kBob, SteadyTime::max(), milliseconds(100)), At(0));
  EXPECT_EQ(policy.CostAhead(MakeNormal(kAda)), milliseconds(7));
  for (int i = 1; i <= 4; ++i) std::ignore = policy.Push(MakeNormal(kAda, At(10 * i)), At(0));
  EXPECT_EQ(policy.CostAhead(MakeNormal(kAda, At(25))), milliseconds(7 + 2));
  EXPECT_EQ(policy.CostAhead(MakeNormal(kAda)), milliseconds(7 + 4));
  // A flood of another client is ahead only as far as shares are.
  for (int i = 0; i < 50; ++i) std::ignore = policy.Push(MakeNormal(kBob), At(0));
  EXPECT_EQ(policy.CostAhead(MakeNormal(kAda, At(25))), milliseconds(7 + 2 + 2));
  EXPECT_EQ(policy.CostAhead(MakeNormal({3, 30})), milliseconds(7));
}

TEST_F(PolicyTest, ManyClientsComeAndGo) {
  Policy policy({.capacity = 8});
  for (int i = 0; i < 10'000; ++i) {
    const JobClient client{static_cast<std::uint32_t>(i % 7), i};
    ASSERT_EQ(policy.Push(MakeNormal(client), At(i)), Refusal::kNone);
    if (i % 8 != 7) continue;
    for (int k = 0; k < 8; ++k) policy.Charge(*policy.Pop(At(i)), microseconds(900));
  }
  EXPECT_EQ(policy.size(), 0u);
}

TEST_F(PolicyTest, AVersionRunsOnNoMoreExecutorsThanItMay) {
  Policy policy({});
  const auto any = instance_;
  const auto limited = test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 1, {.max_concurrent = 1});
  instance_ = limited;
  Job& adas = MakeNormal(kAda);
  Job& bobs_limited = MakeNormal(kBob);
  instance_ = any;
  Job& bobs = MakeNormal(kBob);
  Job& third = MakeNormal({3, 30});
  for (Job* job : {&adas, &bobs_limited, &bobs, &third}) std::ignore = policy.Push(*job, At(0));
  EXPECT_EQ(policy.Pop(At(0)), &adas);
  EXPECT_EQ(policy.Pop(At(0)), &third) << "Bob's next job is for the version that is busy";
  EXPECT_EQ(policy.Pop(At(0)), nullptr);
  EXPECT_EQ(policy.size(), 2u);
  EXPECT_EQ(policy.ready(), 0u);
  Job& urgent = MakeNormal(kBob, At(5));
  std::ignore = policy.Push(urgent, At(0));
  EXPECT_EQ(policy.Pop(At(0)), &urgent) << "a job that comes first and may run";
  EXPECT_EQ(policy.Pop(At(0)), nullptr);
  policy.Charge(adas, milliseconds(1));
  EXPECT_EQ(policy.Pop(At(0)), &bobs_limited);
  EXPECT_EQ(policy.Pop(At(0)), &bobs);
  EXPECT_EQ(limited->load().first_parked, nullptr);
}

TEST_F(PolicyTest, AClientThatWaitsForAVersionGoesOnWhenThatJobDies) {
  Policy policy({});
  const auto any = instance_;
  instance_ = test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 1, {.max_concurrent = 1});
  Job& first = MakeNormal(kAda);
  SimulatedJob& second = MakeNormal(kBob);
  instance_ = any;
  Job& third = MakeNormal(kBob);
  for (Job* job : {&first, static_cast<Job*>(&second), &third}) std::ignore = policy.Push(*job, At(0));
  EXPECT_EQ(policy.Pop(At(0)), &first);
  EXPECT_EQ(policy.Pop(At(0)), nullptr);
  second.is_cancelled = true;
  std::vector<Job*> dead;
  policy.TakeDead(At(0), dead);
  EXPECT_EQ(dead, (std::vector<Job*>{&second}));
  EXPECT_EQ(policy.Pop(At(0)), &third);
}

TEST_F(PolicyTest, ClientsOfALimitedVersionShareIt) {
  Policy policy({});
  instance_ = test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 1, {.max_concurrent = 2});
  for (int i = 0; i < 100; ++i) std::ignore = policy.Push(MakeNormal(kAda), At(0));
  for (int i = 0; i < 100; ++i) std::ignore = policy.Push(MakeNormal(kBob), At(0));
  std::deque<Job*> running;
  int adas = 0;
  for (int i = 0; i < 100; ++i) {
    while (Job* job = policy.Pop(At(0))) {
      running.push_back(job);
      if (job->client == kAda) ++adas;
    }
    ASSERT_EQ(running.size(), 2u);
    policy.Charge(*running.front(), milliseconds(1));
    running.pop_front();
  }
  EXPECT_NEAR(adas, 50, 2);
}

// Random pushes, pops, cancellations and searches, beside the plainest model of what has to be.
TEST_F(PolicyTest, NoJobIsLostOrComesTwiceAndDeadlinesAreInOrder) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    const auto chance = [&](unsigned of) { return static_cast<unsigned>(random() % of); };
    Policy policy({.capacity = 40, .per_client = 15});
    const auto limited = test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 1, {.max_concurrent = 2});
    std::deque<SimulatedJob> jobs;
    std::set<SimulatedJob*> waiting, running;
    int now = 0;
    for (int step = 0; step < 3'000; ++step) {
      now += static_cast<int>(chance(3));
      const unsigned action = chance(10);
      if (action < 5) {
        SimulatedJob& job = jobs.emplace_back(chance(3) == 0 ? limited : instance_);
        job.priority = static_cast<PriorityClass>(chance(3));
        job.client = {chance(3), static_cast<std::int32_t>(chance(2))};
        job.deadline = chance(2) == 0 ? SteadyTime::max() : At(now + static_cast<int>(chance(60)));
        job.ticket.cost = microseconds(chance(5'000));
        job.is_cancelled = chance(20) == 0;
        std::size_t of_client = 0;
        for (const SimulatedJob* other : waiting) of_client += other->client == job.client ? 1 : 0;
        const Refusal expected = waiting.size() >= 40 ? Refusal::kQueueFull
                                 : of_client >= 15    ? Refusal::kClientQueueFull
                                                      : Refusal::kNone;
        ASSERT_EQ(policy.Push(job, At(now)), expected);
        if (expected == Refusal::kNone) waiting.insert(&job);
      } else if (action < 8 && running.size() < 8) {
        const bool saturated = limited->load().running == 2;
        const bool critical_waits = policy.size(PriorityClass::kCritical) > 0;
        auto* job = static_cast<SimulatedJob*>(policy.Pop(At(now)));
        if (!saturated) {
          ASSERT_EQ(job == nullptr, waiting.empty());
        }
        if (job == nullptr) {
          ASSERT_EQ(policy.ready(), 0u);
          continue;
        }
        ASSERT_EQ(waiting.erase(job), 1u);
        if (!saturated) {
          ASSERT_EQ(job->priority == PriorityClass::kCritical, critical_waits);
        }
        ASSERT_LE(limited->load().running, 2);
        for (const SimulatedJob* other : waiting) {
          if (other->client != job->client || other->priority != job->priority) continue;
          ASSERT_FALSE(JobOrder::Before(*other, *job));
        }
        running.insert(job);
      } else if (action == 8 && !running.empty()) {
        SimulatedJob* job = *running.begin();
        running.erase(job);
        policy.Charge(*job, microseconds(chance(5'000)));
      } else if (chance(20) == 0) {
        std::vector<Job*> dead;
        policy.TakeDead(At(now), dead);
        for (Job* job : dead) ASSERT_EQ(waiting.erase(static_cast<SimulatedJob*>(job)), 1u);
        for (const SimulatedJob* job : waiting) ASSERT_TRUE(!job->is_cancelled && job->deadline > At(now));
      }
      ASSERT_EQ(policy.size(), waiting.size());
    }
    for (SimulatedJob* job : running) policy.Charge(*job, nanoseconds(0));
    running.clear();
    while (Job* job = policy.Pop(At(now))) {
      policy.Charge(*job, nanoseconds(0));
      ASSERT_EQ(waiting.erase(static_cast<SimulatedJob*>(job)), 1u);
    }
    EXPECT_TRUE(waiting.empty());
    EXPECT_EQ(instance_->load().waiting, 0u);
  }
}

}  // namespace
}  // namespace tfld::daemon
