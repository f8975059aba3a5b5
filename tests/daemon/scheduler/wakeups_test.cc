#include "daemon/scheduler/wakeups.h"

#include <gtest/gtest.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <optional>
#include <thread>
#include <vector>

#include "daemon/scheduler/affinity.h"
#include "tests/daemon/scheduler/echo_model.h"
#include "tests/daemon/scheduler/fake_job.h"

namespace tfld::daemon {
namespace {

using std::chrono::hours;
using std::chrono::steady_clock;
using test::FakeJob;
using test::JobRecord;

constexpr std::uint32_t kElsewhere = 1'000'000;  // a processor

// What an executor's thread does with its own.
class OnThisThread {
 public:
  explicit OnThisThread(Wakeups& wakeups) : wakeups_(wakeups) {
    wakeups_.Enter();
    wakeups_.WorkUntil(steady_clock::now());
  }
  ~OnThisThread() { wakeups_.Leave(); }

 private:
  Wakeups& wakeups_;
};

class WakeupsTest : public testing::Test {
 protected:
  WakeupGroup group_{2};
  Wakeups& wakeups_ = group_[0];
  OnThisThread here_{wakeups_};
};

// The owner of a word that somebody sleeps on: it is held as long as the wake-up is kept back.
struct Owned {
  std::shared_ptr<int> owner = std::make_shared<int>();
  std::uint32_t word = 0;

  void Wake(std::uint32_t processor = kElsewhere) { WakeSoon(owner, word, processor); }
  bool kept() const { return owner.use_count() > 1; }
};

TEST(Wakeups, AreNotKeptBackElsewhere) {
  Owned sleeper;
  sleeper.Wake();
  EXPECT_FALSE(sleeper.kept());
  WakeupGroup group(1);
  { const OnThisThread ended(group[0]); }
  sleeper.Wake();
  EXPECT_FALSE(sleeper.kept());
}

TEST_F(WakeupsTest, AreKeptBackUntilOneIsDue) {
  Owned urgent, first, second;
  urgent.Wake();
  EXPECT_FALSE(urgent.kept());
  const SteadyTime now = steady_clock::now();
  wakeups_.KeepUntil(now + hours(2));
  first.Wake();
  wakeups_.KeepUntil(now + hours(1));
  second.Wake();
  EXPECT_FALSE(wakeups_.empty());
  wakeups_.FlushBefore(now + hours(1));
  EXPECT_TRUE(first.kept());
  EXPECT_TRUE(second.kept());
  wakeups_.FlushBefore(now + hours(1) + std::chrono::nanoseconds(1));
  EXPECT_FALSE(first.kept());
  EXPECT_FALSE(second.kept());
  EXPECT_TRUE(wakeups_.empty());
}

TEST_F(WakeupsTest, AreNeverTooMany) {
  wakeups_.KeepUntil(steady_clock::now() + hours(1));
  std::vector<Owned> sleepers(1000);
  for (Owned& sleeper : sleepers) sleeper.Wake();
  EXPECT_FALSE(sleepers.front().kept());
  EXPECT_TRUE(sleepers.back().kept());
}

TEST_F(WakeupsTest, WakeWhoSleeps) {
  std::uint32_t word = 0;
  std::atomic<bool> woken = false;
  std::thread sleeper([&] {
    while (::syscall(SYS_futex, &word, FUTEX_WAIT, 0, nullptr, nullptr, 0) != 0) {
    }
    woken = true;
  });
  wakeups_.KeepUntil(steady_clock::now() + hours(1));
  while (!woken) {  // it may not sleep yet
    WakeSoon(nullptr, word, kElsewhere);
    wakeups_.Flush();
  }
  sleeper.join();
}

TEST_F(WakeupsTest, EndWithTheWork) {
  wakeups_.KeepUntil(steady_clock::now() + hours(1));
  Owned sleeper;
  sleeper.Wake();
  EXPECT_TRUE(sleeper.kept());
  EXPECT_FALSE(wakeups_.resting());
  wakeups_.Rest();
  EXPECT_FALSE(sleeper.kept());
  EXPECT_TRUE(wakeups_.resting());
}

// The two executors of the group work on processors of their own.
class LeftWakeupsTest : public WakeupsTest {
 protected:
  void ColleagueWorksUntil(SteadyTime then) {
    cpu_set_t usable;
    ASSERT_EQ(sched_getaffinity(0, sizeof(usable), &usable), 0);
    std::vector<int> processors;
    for (int i = 0; i < CPU_SETSIZE; ++i) {
      if (CPU_ISSET(i, &usable)) processors.push_back(i);
    }
    if (processors.size() < 2) return;
    {
      const ScopedAffinity there({processors[1]});
      group_[1].WorkUntil(then);
    }
    const ScopedAffinity here({processors[0]});
    wakeups_.WorkUntil(steady_clock::now());
    processor_ = static_cast<std::uint32_t>(processors[1]);
  }

  std::optional<std::uint32_t> processor_;  // the colleague's; none where there is one only
};

TEST_F(LeftWakeupsTest, AreForWhoWorksOnTheSleepersProcessor) {
  const SteadyTime now = steady_clock::now();
  ColleagueWorksUntil(now + hours(1));
  if (!processor_) GTEST_SKIP() << "there is one processor";
  wakeups_.KeepUntil(now + hours(2));
  Owned sleeper;
  sleeper.Wake(*processor_);
  EXPECT_TRUE(wakeups_.empty());
  EXPECT_TRUE(sleeper.kept());
  group_[1].FlushBefore(now + hours(3));
  EXPECT_FALSE(sleeper.kept());
}

TEST_F(LeftWakeupsTest, AreNotForWhoWorksTooLong) {
  const SteadyTime now = steady_clock::now();
  ColleagueWorksUntil(now + hours(3));
  if (!processor_) GTEST_SKIP() << "there is one processor";
  wakeups_.KeepUntil(now + hours(2));
  Owned sleeper;
  sleeper.Wake(*processor_);
  EXPECT_TRUE(group_[1].empty());
  EXPECT_FALSE(wakeups_.empty());
}

TEST_F(LeftWakeupsTest, AreNotForWhoRests) {
  const SteadyTime now = steady_clock::now();
  ColleagueWorksUntil(now + hours(1));
  if (!processor_) GTEST_SKIP() << "there is one processor";
  group_[1].Rest();
  wakeups_.KeepUntil(now + hours(2));
  Owned sleeper;
  sleeper.Wake(*processor_);
  EXPECT_TRUE(group_[1].empty());
  EXPECT_FALSE(wakeups_.empty());
}

TEST(Wakeups, KnowWhoIsAwake) {
  NoteAwake();  // nobody's
  WakeupGroup group(1);
  Wakeups& wakeups = group[0];
  const OnThisThread here(wakeups);
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

// Runs the model again and again until `enough`.
class LongJob final : public FakeJob {
 public:
  using FakeJob::FakeJob;
  const std::atomic<int>* enough = nullptr;

  Status Run(engine::Session& session, JobTimes&) override {
    while (*enough == 0) TFLD_RETURN_IF_ERROR(session.Run());
    return {};
  }
};

// The clock stands still, but for what the jobs take.
TEST(Wakeups, DoNotWaitForAnUrgentJob) {
  std::atomic<int> now_us{1'000'000};
  SchedulerOptions options;
  options.executors = 1;
  options.clock = [&now_us] { return SteadyTime(std::chrono::microseconds(now_us)); };
  Scheduler scheduler(options);
  const auto new_instance = [] {
    return test::EchoInstance({{engine::ElementType::kFloat32, {1, 4}}}, 1, {.levels = 2});
  };
  const auto quick = new_instance();
  const auto takes = [&now_us](int us) {
    return [&now_us, us]() -> Status {
      now_us += us;
      return {};
    };
  };
  const auto submit = [&](auto job) { ASSERT_TRUE(test::Submit(scheduler, std::move(job)).ok()); };
  const auto learned = std::make_shared<JobRecord>();
  submit(std::make_unique<FakeJob>(learned, quick, takes(1)));
  WaitFor(*learned);

  std::latch all_wait(1);
  Owned sleeper;
  bool kept_at_first = false, kept_at_last = true;
  const auto first_record = std::make_shared<JobRecord>();
  const auto long_record = std::make_shared<JobRecord>();
  const auto urgent_record = std::make_shared<JobRecord>();
  auto first = std::make_unique<SleepersJob>(first_record, new_instance(), [&]() -> Status {
    all_wait.wait();
    now_us += 8'000;  // which lets the wake-up wait for 2 ms
    return {};
  });
  first->sleeper = &sleeper;
  first->kept = &kept_at_first;
  submit(std::move(first));
  while (first_record->runs == 0) std::this_thread::yield();
  auto long_job = std::make_unique<LongJob>(long_record, quick);
  long_job->enough = &urgent_record->finishes;
  submit(std::move(long_job));
  all_wait.count_down();
  WaitFor(*first_record);
  auto urgent = std::make_unique<FakeJob>(urgent_record, new_instance(), [&]() -> Status {
    kept_at_last = sleeper.kept();
    return {};
  });
  urgent->priority = PriorityClass::kCritical;
  submit(std::move(urgent));
  WaitFor(*long_record);
  EXPECT_TRUE(kept_at_first);
  EXPECT_FALSE(kept_at_last);
  scheduler.Stop(SteadyTime::max());
}

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
