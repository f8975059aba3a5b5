#include "daemon/scheduler/yielding.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>

namespace tfld::daemon {
namespace {

// struct sched_attr of Linux, version 0; glibc has none.
struct SchedAttributes {
  std::uint32_t size;
  std::uint32_t policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime;  // for SCHED_OTHER: the time slice, ns
  std::uint64_t deadline;
  std::uint64_t period;
};

using std::chrono::steady_clock;

// A client that finds its answer and asks again takes less.
constexpr std::chrono::microseconds kLong{500};
constexpr int kRefusals = 1024;

}  // namespace

void YieldToWakingThreads() {
  SchedAttributes attributes{};
  if (::syscall(SYS_sched_getattr, 0, &attributes, sizeof(attributes), 0) != 0) return;
  if (attributes.policy != SCHED_OTHER || attributes.runtime == 0) return;
  attributes.size = sizeof(attributes);
  attributes.runtime *= 2;  // whoever has a shorter slice and wakes up goes first
  (void)::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

void Courtesy::Yield() {
  if (refused_ > 0) {
    --refused_;
    return;
  }
  const steady_clock::time_point before = steady_clock::now();
  ::sched_yield();
  if (steady_clock::now() - before > kLong) refused_ = kRefusals;
}

}  // namespace tfld::daemon
