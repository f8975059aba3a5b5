// The policy under simulated executors and a simulated clock: shares, waits and critical jobs.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <vector>

#include "daemon/scheduler/policy.h"
#include "tests/daemon/scheduler/simulated_job.h"

namespace tfld::daemon {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using test::SimulatedJob;

struct Client {
  JobClient id;
  double weight = 1;
  PriorityClass priority = PriorityClass::kNormal;
  int keeps_waiting = 0;                             // jobs: as soon as one has ended, the next comes
  std::optional<nanoseconds> period{};               // or: one job so often
  std::function<nanoseconds(std::mt19937&)> cost{};  // real cost of a job
  std::optional<nanoseconds> deadline_after{};       // its arrival
  // What the simulation finds.
  nanoseconds served{0};
  nanoseconds longest_wait{0};
  std::vector<nanoseconds> waits{};
  std::size_t started = 0;

  // What 99 of 100 jobs waited at most.
  nanoseconds typical_wait() {
    std::ranges::sort(waits);
    return waits[waits.size() * 99 / 100];
  }
};

// Executors run jobs in operators of at most `operator_cost`, and urgent ones between these.
class Simulation {
 public:
  Simulation(std::vector<Client>& clients, int executors, unsigned seed, nanoseconds operator_cost)
      : clients_(clients), executors_(static_cast<std::size_t>(executors)), random_(seed), operator_(operator_cost) {
    for (std::size_t i = 0; i < clients_.size(); ++i) instances_.push_back(test::AnyInstance());
    next_.resize(clients_.size());
  }

  void Run(nanoseconds duration) {
    const SteadyTime end = now_ + duration;
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      for (int k = 0; k < clients_[i].keeps_waiting; ++k) Arrive(i);
      next_[i] = now_ + Jitter(i);
    }
    while (now_ < end) Step();
  }

  // How often an executor went from one client to another.
  int changes() const { return changes_; }

 private:
  struct Running {
    SimulatedJob* job = nullptr;
    nanoseconds left{0};
  };
  struct Executor {
    std::vector<Running> stack;  // at most a job and the urgent one on it
    SteadyTime border = SteadyTime::max();
    Turn turn;
    int served = -1;  // client
  };

  nanoseconds Jitter(std::size_t i) {
    const nanoseconds period = clients_[i].period.value_or(nanoseconds(1));
    return nanoseconds(static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(period.count())));
  }

  void Arrive(std::size_t i) {
    const Client& client = clients_[i];
    SimulatedJob& job = free_.empty() ? jobs_.emplace_back(instances_[i]) : *free_.back();
    if (!free_.empty()) free_.pop_back();
    job.instance = instances_[i];
    job.ticket = {};
    job.ticket.cost = instances_[i]->cost().mean();
    job.ticket.weight = client.weight;
    job.ticket.times.queued = now_;
    job.client = client.id;
    job.priority = client.priority;
    job.deadline = client.deadline_after ? now_ + *client.deadline_after : SteadyTime::max();
    job.real_cost = client.cost(random_);
    job.arrived = now_;
    job.owner = static_cast<int>(i);
    if (policy_.Push(job, now_) != Refusal::kNone) free_.push_back(&job);
  }

  void Start(Executor& executor, Job* popped) {
    auto* job = static_cast<SimulatedJob*>(popped);
    Client& client = clients_[static_cast<std::size_t>(job->owner)];
    client.longest_wait = std::max(client.longest_wait, nanoseconds(now_ - job->arrived));
    client.waits.push_back(now_ - job->arrived);
    ++client.started;
    changes_ += executor.served == job->owner ? 0 : 1;
    executor.served = job->owner;
    executor.stack.push_back({job, job->real_cost});
    executor.border = now_ + std::min(job->real_cost, operator_);
  }

  void End(Executor& executor) {
    SimulatedJob* job = executor.stack.back().job;
    executor.stack.pop_back();
    policy_.Charge(*job, job->real_cost);
    job->instance->cost().Add(job->real_cost);
    Client& client = clients_[static_cast<std::size_t>(job->owner)];
    client.served += job->real_cost;
    free_.push_back(job);
    if (client.keeps_waiting > 0) Arrive(static_cast<std::size_t>(job->owner));
  }

  // An operator has ended.
  void Border(Executor& executor) {
    Running& top = executor.stack.back();
    top.left -= std::min(top.left, operator_);
    if (top.left == nanoseconds(0)) End(executor);
    if (!executor.stack.empty()) executor.border = now_ + std::min(executor.stack.back().left, operator_);
  }

  void Dispatch() {
    for (Executor& executor : executors_) {
      if (executor.stack.empty()) {
        executor.border = SteadyTime::max();
        if (Job* job = policy_.Pop(now_, &executor.turn)) Start(executor, job);
      }
    }
  }

  void Step() {
    Dispatch();
    SteadyTime soonest = SteadyTime::max();
    for (const Executor& executor : executors_) soonest = std::min(soonest, executor.border);
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      if (clients_[i].period) soonest = std::min(soonest, next_[i]);
    }
    now_ = soonest;
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      if (!clients_[i].period || next_[i] != now_) continue;
      Arrive(i);
      next_[i] = now_ + *clients_[i].period;
    }
    for (Executor& executor : executors_) {
      if (executor.border != now_) continue;
      Border(executor);
      const bool preemptible =
          executor.stack.size() == 1 && executor.stack[0].job->priority != PriorityClass::kCritical;
      if (!preemptible) continue;
      const Running& running = executor.stack[0];
      if (Job* urgent = policy_.PopUrgent(*running.job, running.left)) Start(executor, urgent);
    }
  }

  std::vector<Client>& clients_;
  std::vector<Executor> executors_;
  std::mt19937 random_;
  const nanoseconds operator_;
  Policy policy_{{.capacity = 4096, .running = 16}};
  std::vector<std::shared_ptr<ModelInstance>> instances_;
  std::deque<SimulatedJob> jobs_;
  std::vector<SimulatedJob*> free_;
  std::vector<SteadyTime> next_;
  SteadyTime now_{seconds(1)};
  int changes_ = 0;
};

auto Fixed(nanoseconds cost) {
  return [cost](std::mt19937&) { return cost; };
}

auto Between(nanoseconds least, nanoseconds most) {
  return [least, most](std::mt19937& random) {
    return least + nanoseconds(random() % static_cast<std::uint64_t>((most - least).count()));
  };
}

void ExpectFairShares(const std::vector<Client>& clients) {
  double weights = 0, served = 0;
  for (const Client& client : clients) {
    weights += client.weight;
    served += static_cast<double>(client.served.count());
  }
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const double fair = served * clients[i].weight / weights;
    EXPECT_NEAR(static_cast<double>(clients[i].served.count()) / fair, 1.0, 0.05) << "client " << i;
  }
}

TEST(PolicySimulation, SaturatedClientsShareByWeightWhateverTheirCosts) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    for (const int executors : {1, 2}) {
      std::vector<Client> clients = {
          {.id = {1, 1}, .keeps_waiting = 8, .cost = Fixed(microseconds(50))},
          {.id = {1, 2}, .keeps_waiting = 200, .cost = Between(microseconds(500), milliseconds(5))},
          {.id = {2, 3}, .weight = 2, .keeps_waiting = 16, .cost = Between(microseconds(10), milliseconds(1))},
          {.id = {3, 4}, .weight = 0.5, .keeps_waiting = 8, .cost = Fixed(milliseconds(3))},
          {.id = {4, 5}, .keeps_waiting = 8, .cost = Fixed(milliseconds(2)), .deadline_after = milliseconds(3)},
      };
      Simulation(clients, executors, seed, milliseconds(10)).Run(seconds(10));
      ExpectFairShares(clients);
    }
  }
}

TEST(PolicySimulation, RandomSaturatedClientsShareByWeight) {
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    std::vector<Client> clients;
    const int count = 2 + static_cast<int>(random() % 6);
    for (int i = 0; i < count; ++i) {
      const auto least = microseconds(10 + random() % 500);
      clients.push_back({.id = {1, i},
                         .weight = 0.5 + static_cast<double>(random() % 8) / 2,
                         .keeps_waiting = 4 + static_cast<int>(random() % 60),
                         .cost = Between(least, least * 4)});
    }
    Simulation(clients, 1, static_cast<unsigned>(round), milliseconds(10)).Run(seconds(5));
    ExpectFairShares(clients);
  }
}

TEST(PolicySimulation, AFloodDoesNotDisturbAClientWithinItsShare) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    // Half of the executor is its share, a fifth is what it needs.
    const Client polite{.id = {1, 1}, .period = milliseconds(10), .cost = Fixed(milliseconds(2))};
    const Client flood{
        .id = {2, 2}, .keeps_waiting = 1000, .cost = Fixed(milliseconds(3)), .deadline_after = milliseconds(1)};
    std::vector<Client> clients = {polite, flood};
    Simulation(clients, 1, seed, milliseconds(100)).Run(seconds(10));
    EXPECT_GE(clients[0].started, 999u);
    // One job of the flood is under way when it comes, and one may have the same start tag.
    EXPECT_LE(clients[0].longest_wait, milliseconds(6));
  }
}

TEST(PolicySimulation, NobodyStarves) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    std::vector<Client> clients;
    for (int i = 0; i < 30; ++i) {
      clients.push_back(
          {.id = {1, i}, .keeps_waiting = 1 + i * 3, .cost = Between(microseconds(100), milliseconds(4))});
    }
    clients.push_back({.id = {2, 99}, .period = milliseconds(500), .cost = Fixed(milliseconds(1))});
    clients.push_back(
        {.id = {3, 99}, .priority = PriorityClass::kBackground, .keeps_waiting = 5, .cost = Fixed(milliseconds(1))});
    Simulation(clients, 2, seed, milliseconds(10)).Run(seconds(10));
    // A new one waits for one job of each other client at most.
    EXPECT_LE(clients[30].longest_wait, milliseconds(4) * 31 / 2 + milliseconds(4));
    // Aged background jobs go on: four a second, when an executor is free.
    EXPECT_GE(clients[31].started, 36u);
    EXPECT_LE(clients[31].started, 46u);
  }
}

TEST(PolicySimulation, ACriticalJobWaitsForOneOperatorAtMost) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    for (const int executors : {1, 2, 4}) {
      std::vector<Client> clients = {
          {.id = {1, 1}, .keeps_waiting = 20, .cost = Between(milliseconds(1), milliseconds(40))},
          {.id = {2, 2}, .priority = PriorityClass::kBackground, .keeps_waiting = 20, .cost = Fixed(milliseconds(70))},
          {.id = {3, 3},
           .priority = PriorityClass::kCritical,
           .period = microseconds(7'123),
           .cost = Between(microseconds(100), milliseconds(3))},
      };
      Simulation(clients, executors, seed, microseconds(800)).Run(seconds(5));
      EXPECT_GE(clients[2].started, 700u);
      EXPECT_LE(clients[2].longest_wait, microseconds(800));
      EXPECT_GT(clients[0].started, 20u);
    }
  }
}

// A flood of large jobs keeps all executors busy; the other client's small ones run between their operators.
TEST(PolicySimulation, AFloodOfLargeJobsCostsASmallOneAnOperator) {
  std::vector<Client> clients(2);
  clients[0].id = {1, 1};
  clients[0].keeps_waiting = 6;
  clients[0].cost = Fixed(milliseconds(4));
  clients[1].id = {2, 2};
  clients[1].period = milliseconds(2);
  clients[1].cost = Fixed(microseconds(50));
  Simulation simulation(clients, 2, 7, microseconds(200));
  simulation.Run(seconds(2));
  EXPECT_GT(clients[1].started, 900U);
  // But for those that come while nobody knows yet what a job costs.
  EXPECT_LE(clients[1].typical_wait(), microseconds(200));
}

TEST(PolicySimulation, ExecutorsStayWithAClientForWhatItHasWaiting) {
  for (const int count : {4, 16, 64}) {
    std::vector<Client> clients;
    for (int i = 0; i < count; ++i)
      clients.push_back({.id = {1, i}, .keeps_waiting = 4, .cost = Fixed(microseconds(50))});
    Simulation simulation(clients, 2, 3, milliseconds(1));
    simulation.Run(seconds(1));
    ExpectFairShares(clients);
    std::size_t started = 0;
    for (Client& client : clients) {
      started += client.started;
      EXPECT_LE(client.typical_wait(), microseconds(50) * count * 4) << "twice the mean";
    }
    EXPECT_LT(simulation.changes(), static_cast<int>(started) / 2) << count;
  }
}

}  // namespace
}  // namespace tfld::daemon
