// Quota: what each user may use, and uses. A pure object: time comes from outside.
//
// Thread rule: one thread at a time; the scheduler has it under its lock. Allocates for a user's first request alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "daemon/scheduler/job.h"
#include "daemon/scheduler/refusal.h"

namespace tfld::daemon {

struct UserLimits {
  std::size_t max_requests = 0;                           // in flight, waiting and running; 0: no limit
  std::uint64_t max_bytes = 0;                            // that these hold; 0: no limit
  double weight = 1;                                      // of each of the user's clients, among clients
  PriorityClass max_priority = PriorityClass::kCritical;  // a job that asks for more gets this
  double compute_share = 1;                               // of all executors' time, at most; a second's worth at once
};

struct QuotaOptions {
  UserLimits defaults{};
  std::unordered_map<std::uint32_t, UserLimits> users{};  // by uid
};

// What a user uses at present. Its address stays the same while a job of the user is in flight.
struct UserUsage {
  UserLimits limits;
  std::size_t requests = 0;
  std::uint64_t bytes = 0;
  std::chrono::nanoseconds expected{0};  // cost of the requests in flight, as estimated
  SteadyTime paid{};  // when the executors' time that was used is paid for, which the user's share does as time passes
};

class Quota {
 public:
  // `capacity` is the executors' time that a second has, in seconds: their number.
  Quota(const QuotaOptions& options, double capacity) : options_(options), capacity_(capacity) {}

  UserUsage& UsageOf(std::uint32_t uid);
  // Counts the job as in flight and keeps `usage` in its ticket, or says which limit forbids it and counts nothing.
  // Ticket: the cost is set.
  Refusal Admit(UserUsage& usage, Job& job, SteadyTime now);
  // Once for each job that was admitted, with what it has really cost.
  void Release(Job& job, std::chrono::nanoseconds cost, SteadyTime now);

 private:
  // How long the user's share takes to pay for so much of the executors' time.
  std::chrono::nanoseconds TimeToPay(const UserUsage& usage, std::chrono::nanoseconds cost) const;
  void ForgetIdle();

  const QuotaOptions options_;
  const double capacity_;
  std::unordered_map<std::uint32_t, UserUsage> users_;
};

}  // namespace tfld::daemon
