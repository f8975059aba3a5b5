// Which jobs the policy lets run together, and how long it lets one wait for others.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <vector>

#include "daemon/scheduler/policy.h"
#include "tests/daemon/scheduler/simulated_job.h"

namespace tfld::daemon {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using test::SimulatedJob;

SteadyTime At(int us) { return SteadyTime(std::chrono::seconds(1) + microseconds(us)); }

std::shared_ptr<ModelInstance> BatchInstance(int max_size, microseconds max_delay = microseconds(0),
                                             const InstanceOptions& options = {}) {
  auto instance = test::InstanceOf(test::LookUpModel(), 1, options);
  EXPECT_TRUE(instance->EnableBatches({max_size, max_delay}, {nullptr}).ok());
  return instance;
}

class BatchingTest : public testing::Test {
 protected:
  SimulatedJob& Push(const std::shared_ptr<ModelInstance>& instance, JobClient client, SteadyTime now,
                     PriorityClass priority = PriorityClass::kNormal, SteadyTime deadline = SteadyTime::max()) {
    SimulatedJob& job = jobs_.emplace_back(instance);
    job.client = client;
    job.priority = priority;
    job.deadline = deadline;
    job.may_batch = true;
    job.ticket.cost = microseconds(50);
    job.ticket.times.queued = now;
    EXPECT_EQ(policy_.Push(job, now), Refusal::kNone);
    return job;
  }
  // What runs together next; charged as if all of it took nothing.
  std::vector<Job*> PopBatch(SteadyTime now, int idle = 0) {
    std::vector<Job*> batch;
    Job* leader = policy_.Pop(now);
    if (leader == nullptr) return batch;
    batch.push_back(leader);
    policy_.PopMates(*leader, batch, idle);
    return batch;
  }
  void ChargeAll(const std::vector<Job*>& batch) {
    for (Job* job : batch) policy_.Charge(*job, microseconds(1));
  }

  static constexpr JobClient kAda{1, 10}, kBob{2, 20};
  std::deque<SimulatedJob> jobs_;
  Policy policy_{{}};
};

TEST_F(BatchingTest, AsManyAsFillTheLargestSize) {
  const auto instance = BatchInstance(8);
  for (int i = 0; i < 7; ++i) Push(instance, i % 2 == 0 ? kAda : kBob, At(i));
  std::vector<std::size_t> sizes;
  while (policy_.size() > 0) {
    const auto batch = PopBatch(At(10));
    sizes.push_back(batch.size());
    for (std::size_t i = 1; i < batch.size(); ++i) EXPECT_TRUE(batch[i]->ticket.follows);
    ChargeAll(batch);
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{4, 2, 1}));
  EXPECT_EQ(instance->load().running, 0);
  EXPECT_EQ(instance->load().waiting, 0u);
  EXPECT_EQ(instance->load().mates, 0u);
}

TEST_F(BatchingTest, IdleExecutorsGetTheirShare) {
  const auto instance = BatchInstance(8);
  for (int i = 0; i < 20; ++i) Push(instance, kAda, At(i));
  std::vector<std::size_t> sizes;
  for (const int idle : {1, 1, 0}) sizes.push_back(PopBatch(At(30), idle).size());  // 20, 12 and 8 wait
  EXPECT_EQ(sizes, (std::vector<std::size_t>{8, 4, 8}));
}

TEST_F(BatchingTest, AnIdleExecutorThatMayNotRunTheVersionGetsNothing) {
  InstanceOptions options;
  options.max_concurrent = 1;
  const auto instance = BatchInstance(8, microseconds(0), options);
  for (int i = 0; i < 8; ++i) Push(instance, kAda, At(i));
  EXPECT_EQ(PopBatch(At(10), 3).size(), 8u);
}

TEST_F(BatchingTest, OnlyOfTheSameVersionAndClassAndOnlyThoseThatMay) {
  const auto instance = BatchInstance(8);
  const auto other = BatchInstance(8);
  Job& leader = Push(instance, kAda, At(0));
  Push(other, kAda, At(1));
  Push(instance, kBob, At(2), PriorityClass::kBackground);
  Job& mate = Push(instance, kBob, At(3));
  SimulatedJob& alone = jobs_.emplace_back(instance);
  alone.client = kBob;
  ASSERT_EQ(policy_.Push(alone, At(4)), Refusal::kNone);
  const auto batch = PopBatch(At(5));
  EXPECT_EQ(batch, (std::vector<Job*>{&leader, &mate}));
  ChargeAll(batch);
  std::size_t rest = 0;
  for (auto next = PopBatch(At(6)); !next.empty(); next = PopBatch(At(6))) {
    EXPECT_EQ(next.size(), 1u);
    ++rest;
    ChargeAll(next);
  }
  EXPECT_EQ(rest, 3u);
}

TEST_F(BatchingTest, EachClientPaysForItsOwn) {
  const auto instance = BatchInstance(2);
  const auto other = BatchInstance(2);
  Push(instance, kAda, At(0));
  Push(instance, kBob, At(1));
  Job& later = Push(other, kBob, At(2));
  Job& first = Push(other, kAda, At(3));
  const auto batch = PopBatch(At(4));
  ASSERT_EQ(batch.size(), 2u);
  policy_.Charge(*batch[0], microseconds(50));
  policy_.Charge(*batch[1], microseconds(500));  // bob's row was the dear one
  EXPECT_EQ(policy_.Pop(At(5)), &first);
  EXPECT_EQ(policy_.Pop(At(5)), &later);
}

// So that few clients have to be woken for many answers.
TEST_F(BatchingTest, ATurnFillsRowsToo) {
  const auto instance = BatchInstance(8);
  constexpr JobClient kClients[] = {kAda, kBob, {3, 30}, {4, 40}};
  for (const JobClient client : kClients) Push(instance, client, At(0));
  ChargeAll(PopBatch(At(0)));  // so that none is new
  for (int i = 0; i < 16; ++i) Push(instance, kClients[i % 4], At(0));
  Turn turn;
  const auto clients = [&](SteadyTime now) {
    std::vector<Job*> batch{policy_.Pop(now, &turn)};
    policy_.PopMates(*batch[0], batch, 0, &turn);
    std::map<std::int32_t, int> jobs;
    for (const Job* job : batch) ++jobs[job->client.pid];
    ChargeAll(batch);
    return jobs;
  };
  EXPECT_EQ(clients(At(10'000)), (std::map<std::int32_t, int>{{10, 4}, {20, 4}}));
  EXPECT_EQ(clients(At(10'100)), (std::map<std::int32_t, int>{{30, 4}, {40, 4}}));
}

// One keeps 60 requests waiting and the other nine, which is enough for its share of each batch of eight.
TEST_F(BatchingTest, AFloodDoesNotFillTheRowsOfABatchThatAnotherLeads) {
  const auto instance = BatchInstance(8);
  std::map<std::int32_t, int> served;
  const auto push = [&](JobClient client, int time) { Push(instance, client, At(time)).ticket.weight = 1; };
  for (int i = 0; i < 60; ++i) push(kAda, i);
  for (int i = 0; i < 9; ++i) push(kBob, 60 + i);
  for (int round = 0; round < 500; ++round) {
    const auto batch = PopBatch(At(100 + round));
    ASSERT_EQ(batch.size(), 8u);
    for (Job* job : batch) {
      policy_.Charge(*job, microseconds(50));
      ++served[job->client.pid];
    }
    for (const Job* job : batch) push(job->client, 100 + round);
  }
  const double share = static_cast<double>(served[kBob.pid]) / (served[kAda.pid] + served[kBob.pid]);
  EXPECT_NEAR(share, 0.5, 0.025);
}

TEST_F(BatchingTest, ABatchOccupiesOneExecutor) {
  const auto instance = BatchInstance(2, microseconds(0), {.max_concurrent = 1});
  for (int i = 0; i < 4; ++i) Push(instance, kAda, At(i));
  const auto batch = PopBatch(At(5));
  ASSERT_EQ(batch.size(), 2u);
  EXPECT_EQ(instance->load().running, 1);
  EXPECT_TRUE(PopBatch(At(5)).empty());
  ChargeAll(batch);
  EXPECT_EQ(PopBatch(At(6)).size(), 2u);
}

TEST_F(BatchingTest, AJobWaitsForOthersUntilThereAreEnough) {
  const auto instance = BatchInstance(2, microseconds(100));
  Push(instance, kAda, At(0));
  EXPECT_EQ(policy_.Pop(At(1)), nullptr);
  EXPECT_EQ(policy_.ready(), 0u);
  EXPECT_EQ(policy_.next_due(), At(100));
  Push(instance, kBob, At(30));
  EXPECT_EQ(policy_.ready(), 2u);
  EXPECT_EQ(policy_.next_due(), SteadyTime::max());
  EXPECT_EQ(PopBatch(At(30)).size(), 2u);
}

TEST_F(BatchingTest, AJobWaitsForOthersNoLongerThanItMay) {
  const auto instance = BatchInstance(4, microseconds(100));
  Push(instance, kAda, At(0));
  Push(instance, kAda, At(60));
  EXPECT_EQ(policy_.Pop(At(60)), nullptr);
  EXPECT_EQ(policy_.Pop(At(99)), nullptr);
  EXPECT_EQ(PopBatch(At(100)).size(), 2u);
  EXPECT_EQ(policy_.next_due(), SteadyTime::max());
}

TEST_F(BatchingTest, ADeadlineEndsTheWait) {
  const auto instance = BatchInstance(4, microseconds(1000));
  Job& job = Push(instance, kAda, At(0), PriorityClass::kNormal, At(300));
  EXPECT_EQ(policy_.Pop(At(1)), nullptr);
  EXPECT_EQ(policy_.next_due(), At(200));  // two estimates before it
  EXPECT_EQ(policy_.Pop(At(200)), &job);
}

TEST_F(BatchingTest, CriticalJobsDoNotWaitForOthers) {
  const auto instance = BatchInstance(4, microseconds(1000));
  Push(instance, kBob, At(0));
  EXPECT_EQ(policy_.Pop(At(0)), nullptr);
  Job& critical = Push(instance, kAda, At(1), PriorityClass::kCritical);
  EXPECT_EQ(PopBatch(At(1)), std::vector<Job*>{&critical});
  EXPECT_EQ(policy_.Pop(At(2)), nullptr);
}

TEST_F(BatchingTest, OtherVersionsGoOnMeanwhile) {
  const auto slow = BatchInstance(4, microseconds(1000));
  const auto quick = test::AnyInstance();
  Push(slow, kBob, At(0));
  EXPECT_EQ(policy_.Pop(At(0)), nullptr);
  Job& job = Push(quick, kAda, At(1));
  EXPECT_EQ(policy_.Pop(At(1)), &job);
}

TEST_F(BatchingTest, AVersionWhoseJobsAreGoneIsForgotten) {
  auto instance = BatchInstance(4, microseconds(1000));
  SimulatedJob& job = Push(instance, kBob, At(0));
  EXPECT_EQ(policy_.Pop(At(0)), nullptr);
  job.is_cancelled = true;
  std::vector<Job*> dead;
  policy_.TakeDead(At(1), dead);
  EXPECT_EQ(dead.size(), 1u);
  EXPECT_EQ(policy_.next_due(), SteadyTime::max());
  job.instance.reset();
  instance.reset();
  EXPECT_EQ(policy_.Pop(At(2000)), nullptr);
}

}  // namespace
}  // namespace tfld::daemon
