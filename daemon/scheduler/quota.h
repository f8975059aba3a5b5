// Quota: what each user may use, and uses. A pure object: time comes from outside.
//
// Thread rule: one thread at a time; the scheduler has it under its lock. Allocates for a user's first request alone.
#pragma once

#include <array>
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
  double compute_share = 1;                               // of all executors' time in a sliding second, at most
};

struct QuotaOptions {
  UserLimits defaults{};
  std::unordered_map<std::uint32_t, UserLimits> users{};  // by uid
};

// What a user uses at present. Its address stays the same while a job of the user is in flight.
struct UserUsage {
  static constexpr std::size_t kParts = 8;  // of the sliding second

  UserLimits limits;
  std::size_t requests = 0;
  std::uint64_t bytes = 0;
  std::chrono::nanoseconds expected{0};                 // cost of the requests in flight, as estimated
  std::array<std::chrono::nanoseconds, kParts> used{};  // in each part, as in a ring
  std::chrono::nanoseconds used_sum{0};
  std::int64_t part = 0;  // the newest one's number, counted from the clock's zero
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
  static void Slide(UserUsage& usage, SteadyTime now);
  void ForgetIdle();

  const QuotaOptions options_;
  const double capacity_;
  std::unordered_map<std::uint32_t, UserUsage> users_;
};

}  // namespace tfld::daemon
