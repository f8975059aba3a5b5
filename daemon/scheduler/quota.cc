#include "daemon/scheduler/quota.h"

#include <algorithm>

namespace tfld::daemon {
namespace {

using std::chrono::nanoseconds;

// How much of its share a user may use ahead of time.
constexpr nanoseconds kWindow = std::chrono::seconds(1);
// Users whose usage is remembered; with more, those without a request in flight are forgotten, with what they owe.
constexpr std::size_t kUsers = 1024;

}  // namespace

UserUsage& Quota::UsageOf(std::uint32_t uid) {
  if (const auto found = users_.find(uid); found != users_.end()) return found->second;
  if (users_.size() >= kUsers) ForgetIdle();
  UserUsage& usage = users_[uid];
  const auto own = options_.users.find(uid);
  usage.limits = own == options_.users.end() ? options_.defaults : own->second;
  return usage;
}

void Quota::ForgetIdle() {
  std::erase_if(users_, [](const auto& user) { return user.second.requests == 0; });
}

nanoseconds Quota::TimeToPay(const UserUsage& usage, nanoseconds cost) const {
  return std::chrono::duration_cast<nanoseconds>(cost / (capacity_ * usage.limits.compute_share));
}

Refusal Quota::Admit(UserUsage& usage, Job& job, SteadyTime now) {
  const UserLimits& limits = usage.limits;
  if (limits.max_requests > 0 && usage.requests >= limits.max_requests) return Refusal::kUserRequests;
  if (limits.max_bytes > 0 && (job.bytes > limits.max_bytes || usage.bytes > limits.max_bytes - job.bytes)) {
    return Refusal::kUserBytes;
  }
  if (limits.compute_share < 1) {
    const nanoseconds owed = std::max<nanoseconds>(usage.paid - now, nanoseconds(0));
    // A job that is larger than the allowance runs alone, and is paid for by those after it.
    const bool alone = owed == nanoseconds(0) && usage.requests == 0;
    if (!alone && owed + TimeToPay(usage, usage.expected + job.ticket.cost) > kWindow) return Refusal::kUserCompute;
  }
  ++usage.requests;
  usage.bytes += job.bytes;
  usage.expected += job.ticket.cost;
  job.ticket.user = &usage;
  return Refusal::kNone;
}

void Quota::Release(Job& job, nanoseconds cost, SteadyTime now) {
  UserUsage& usage = *job.ticket.user;
  --usage.requests;
  usage.bytes -= job.bytes;
  usage.expected -= job.ticket.cost;
  if (usage.limits.compute_share < 1) usage.paid = std::max(usage.paid, now) + TimeToPay(usage, cost);
}

}  // namespace tfld::daemon
