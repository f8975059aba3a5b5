#include "daemon/scheduler/quota.h"

#include <algorithm>

namespace tfld::daemon {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kWindow = std::chrono::seconds(1);
constexpr nanoseconds kPart = kWindow / UserUsage::kParts;
// Users whose usage is remembered; with more, those without a request in flight are forgotten.
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

void Quota::Slide(UserUsage& usage, SteadyTime now) {
  const std::int64_t part = now.time_since_epoch() / kPart;
  const auto passed = static_cast<std::size_t>(
      std::clamp<std::int64_t>(part - usage.part, 0, static_cast<std::int64_t>(UserUsage::kParts)));
  for (std::size_t i = 0; i < passed; ++i) {
    nanoseconds& oldest = usage.used[static_cast<std::size_t>(part - static_cast<std::int64_t>(i)) % UserUsage::kParts];
    usage.used_sum -= oldest;
    oldest = nanoseconds(0);
  }
  usage.part = std::max(usage.part, part);
}

Refusal Quota::Admit(UserUsage& usage, Job& job, SteadyTime now) {
  const UserLimits& limits = usage.limits;
  if (limits.max_requests > 0 && usage.requests >= limits.max_requests) return Refusal::kUserRequests;
  if (limits.max_bytes > 0 && (job.bytes > limits.max_bytes || usage.bytes > limits.max_bytes - job.bytes)) {
    return Refusal::kUserBytes;
  }
  if (limits.compute_share < 1) {
    Slide(usage, now);
    const auto allowed = static_cast<double>(kWindow.count()) * capacity_ * limits.compute_share;
    const nanoseconds used = usage.used_sum + usage.expected;
    // A job that is larger than the allowance runs alone, and is paid for by those after it.
    if (used > nanoseconds(0) && static_cast<double>((used + job.ticket.cost).count()) > allowed) {
      return Refusal::kUserCompute;
    }
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
  if (usage.limits.compute_share >= 1) return;
  Slide(usage, now);
  usage.used[static_cast<std::size_t>(usage.part) % UserUsage::kParts] += cost;
  usage.used_sum += cost;
}

}  // namespace tfld::daemon
