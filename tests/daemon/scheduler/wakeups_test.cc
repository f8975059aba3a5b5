#include "daemon/scheduler/wakeups.h"

#include <gtest/gtest.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <thread>

#include "tests/daemon/scheduler/echo_model.h"
#include "tests/daemon/scheduler/fake_job.h"

namespace tfld::daemon {
namespace {

using std::chrono::hours;
using std::chrono::steady_clock;
using test::FakeJob;
using test::JobRecord;

// The owner of a word that somebody sleeps on: it is held as long as the wake-up is kept back.
struct Owned {
  std::shared_ptr<int> owner = std::make_shared<int>();
  std::uint32_t word = 0;

  void Wake() { WakeSoon(owner, word); }
  bool kept() const { return owner.use_count() > 1; }
};

TEST(Wakeups, AreNotKeptBackElsewhere) {
  Owned sleeper;
  sleeper.Wake();
  EXPECT_FALSE(sleeper.kept());
  { const Wakeups ended; }
  sleeper.Wake();
  EXPECT_FALSE(sleeper.kept());
}

TEST(Wakeups, AreKeptBackUntilOneIsDue) {
  Wakeups wakeups;
  Owned urgent, first, second;
  urgent.Wake();
  EXPECT_FALSE(urgent.kept());
  const SteadyTime now = steady_clock::now();
  wakeups.KeepUntil(now + hours(2));
  first.Wake();
  wakeups.KeepUntil(now + hours(1));
  second.Wake();
  EXPECT_FALSE(wakeups.empty());
  wakeups.FlushBefore(now + hours(1));
  EXPECT_TRUE(first.kept());
  EXPECT_TRUE(second.kept());
  wakeups.FlushBefore(now + hours(1) + std::chrono::nanoseconds(1));
  EXPECT_FALSE(first.kept());
  EXPECT_FALSE(second.kept());
  EXPECT_TRUE(wakeups.empty());
}

TEST(Wakeups, AreNeverTooMany) {
  Wakeups wakeups;
  wakeups.KeepUntil(steady_clock::now() + hours(1));
  std::vector<Owned> sleepers(1000);
  for (Owned& sleeper : sleepers) sleeper.Wake();
  EXPECT_FALSE(sleepers.front().kept());
  EXPECT_TRUE(sleepers.back().kept());
}

TEST(Wakeups, WakeWhoSleeps) {
  std::uint32_t word = 0;
  std::atomic<bool> woken = false;
  std::thread sleeper([&] {
    while (::syscall(SYS_futex, &word, FUTEX_WAIT, 0, nullptr, nullptr, 0) != 0) {
    }
    woken = true;
  });
  Wakeups wakeups;
  wakeups.KeepUntil(steady_clock::now() + hours(1));
  while (!woken) {  // it may not sleep yet
    WakeSoon(nullptr, word);
    wakeups.Flush();
  }
  sleeper.join();
}

TEST(Wakeups, KnowWhoIsAwake) {
  NoteAwake();  // nobody's
  Wakeups wakeups;
  EXPECT_FALSE(wakeups.TakeAwake());
  NoteAwake();
  EXPECT_TRUE(wakeups.TakeAwake());
  EXPECT_FALSE(wakeups.TakeAwake());
}

// Wakes its client as it ends, and sees whether that was kept back.
class SleepersJob final : public FakeJob {
 public:
  using FakeJob::FakeJob;
  Owned* sleeper = nullptr;
  bool* kept = nullptr;

  void Finish(const Status& status, const JobTimes& times) override {
    sleeper->Wake();
    *kept = sleeper->kept();
    FakeJob::Finish(status, times);
  }
};

TEST(Wakeups, OfAnExecutorWaitOnlyWhileOthersWaitForIt) {
  SchedulerOptions options;
  options.executors = 1;
  Scheduler scheduler(options);
  const auto instance = test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 1);
  std::latch all_wait(1);
  constexpr PriorityClass kPriorities[] = {PriorityClass::kNormal, PriorityClass::kCritical, PriorityClass::kNormal,
                                           PriorityClass::kNormal};
  Owned sleepers[4];
  bool kept[4] = {};
  std::shared_ptr<JobRecord> records[4];
  for (int i = 0; i < 4; ++i) {
    records[i] = std::make_shared<JobRecord>();
    auto job = std::make_unique<SleepersJob>(records[i], instance, [&all_wait, i]() -> Status {
      if (i == 0) all_wait.wait();
      return {};
    });
    job->priority = kPriorities[i];
    job->sleeper = &sleepers[i];
    job->kept = &kept[i];
    ASSERT_TRUE(test::Submit(scheduler, std::move(job)).ok());
    while (i == 0 && records[0]->runs == 0) std::this_thread::yield();
  }
  all_wait.count_down();
  for (const auto& record : records) WaitFor(*record);
  EXPECT_TRUE(kept[0]);
  EXPECT_FALSE(kept[1]) << "a critical one's client is woken at once";
  EXPECT_TRUE(kept[2]);
  EXPECT_FALSE(kept[3]) << "nobody waited any more";
  scheduler.Stop(SteadyTime::max());
  for (const Owned& sleeper : sleepers) EXPECT_FALSE(sleeper.kept());
}

}  // namespace
}  // namespace tfld::daemon
