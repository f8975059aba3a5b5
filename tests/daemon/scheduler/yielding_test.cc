#include "daemon/scheduler/yielding.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <thread>

namespace tfld::daemon {
namespace {

// The time slice of the calling thread in nanoseconds; 0 where the system does not say.
std::uint64_t Slice() {
  std::uint64_t attributes[7] = {};  // struct sched_attr: the slice is at byte 24
  return ::syscall(SYS_sched_getattr, 0, attributes, sizeof(attributes), 0) == 0 ? attributes[3] : 0;
}

TEST(Yielding, MakesTheSliceLongerAndNothingElse) {
  std::thread([] {
    const std::uint64_t before = Slice();
    const int policy = ::sched_getscheduler(0);
    const int nice = ::getpriority(PRIO_PROCESS, 0);
    YieldToWakingThreads();
    EXPECT_EQ(::sched_getscheduler(0), policy);
    EXPECT_EQ(::getpriority(PRIO_PROCESS, 0), nice);
    if (before == 0) GTEST_SKIP() << "this system gives no time slices of one's own";
    EXPECT_GT(Slice(), before);
  }).join();
}

// How often the calling thread has left its processor.
long Switches() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw + usage.ru_nivcsw;
}

TEST(Courtesy, IsNotShownToWhoComputesOn) {
  std::thread([] {
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET(::sched_getcpu(), &here);
    ASSERT_EQ(::sched_setaffinity(0, sizeof(here), &here), 0);
    std::atomic<bool> done = false;
    std::thread rude([&] {  // on the same processor, as its maker
      while (!done) {
      }
    });
    Courtesy courtesy;
    const long before = Switches();
    for (int i = 0; i < 1000; ++i) courtesy.Yield();
    EXPECT_LT(Switches() - before, 500);
    done = true;
    rude.join();
  }).join();
}

}  // namespace
}  // namespace tfld::daemon
