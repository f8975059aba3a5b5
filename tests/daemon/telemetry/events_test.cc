#include <gtest/gtest.h>

#include <thread>

#include "daemon/telemetry/event_hub.h"
#include "daemon/telemetry/failure_log.h"
#include "daemon/telemetry/log.h"

namespace tfld::daemon {
namespace {

using std::chrono::seconds;

DaemonEvent Event(const std::string& kind) {
  DaemonEvent event;
  event.kind = kind;
  return event;
}

TEST(EventHub, EveryWatcherSeesWhatHappensWhileItWatches) {
  EventHub hub;
  hub.Publish(Event("before"));
  const auto first = hub.Watch();
  hub.Publish(Event("deploy"));
  const auto second = hub.Watch();
  hub.Publish(Event("rollback"));
  std::vector<DaemonEvent> events;
  ASSERT_TRUE((*first)->Take(events, seconds(0)));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, "deploy");
  EXPECT_GT(events[0].time_ms, 0);
  ASSERT_TRUE((*second)->Take(events, seconds(0)));
  EXPECT_EQ(events.size(), 1u);
}

TEST(EventHub, ASlowWatcherLosesAndIsTold) {
  EventHub hub;
  const auto watcher = hub.Watch();
  for (std::size_t i = 0; i < EventWatcher::kCapacity + 5; ++i) hub.Publish(Event("state"));
  EXPECT_EQ((*watcher)->lost(), 5u);
}

TEST(EventHub, ClosingEndsWatchers) {
  EventHub hub;
  const auto watcher = hub.Watch();
  std::thread closer([&hub] { hub.Close(); });
  std::vector<DaemonEvent> events;
  EXPECT_FALSE((*watcher)->Take(events, std::chrono::hours(1)));
  closer.join();
  EXPECT_EQ(hub.Watch().status().code(), StatusCode::kUnavailable);
}

TEST(EventHub, WatchersAreBounded) {
  EventHub hub;
  std::vector<std::shared_ptr<EventWatcher>> watchers;
  for (std::size_t i = 0; i < EventHub::kMaxWatchers; ++i) watchers.push_back(*hub.Watch());
  EXPECT_EQ(hub.Watch().status().code(), StatusCode::kResourceExhausted);
}

class FailureLogTest : public ::testing::Test {
 protected:
  void Fail(std::string_view model, StatusCode code, std::string_view id = "") {
    FinishedRequest request;
    request.model = model;
    request.code = code;
    request.id = id;
    log_.OnRequest(request);
  }

  std::vector<FailureSummary> lines_;
  FailureLog log_{[this](const FailureSummary& line) { lines_.push_back(line); }};
  SteadyTime now_ = SteadyTime{} + std::chrono::hours(1);
};

TEST_F(FailureLogTest, SuccessIsSilent) {
  Fail("kws", StatusCode::kOk);
  Fail("kws", StatusCode::kCancelled);
  log_.Flush(now_);
  EXPECT_TRUE(lines_.empty());
}

TEST_F(FailureLogTest, AFloodIsALineInTenSeconds) {
  for (int second = 0; second < 30; ++second) {
    for (int i = 0; i < 100; ++i) Fail("kws", StatusCode::kInvalidArgument, "r" + std::to_string(second));
    log_.Flush(now_ + seconds(second));
  }
  ASSERT_EQ(lines_.size(), 3u);
  EXPECT_EQ(lines_[0].count, 100u);
  EXPECT_EQ(lines_[1].count, 1000u);
  EXPECT_EQ(lines_[1].id, "r10");
}

TEST_F(FailureLogTest, KindsAreToldApartAndBounded) {
  Fail("a", StatusCode::kInternal);
  Fail("a", StatusCode::kUnavailable);
  Fail("b", StatusCode::kInternal);
  log_.Flush(now_);
  EXPECT_EQ(lines_.size(), 3u);
  for (int i = 0; i < 1000; ++i) Fail("m" + std::to_string(i), StatusCode::kInternal);
  lines_.clear();
  log_.Flush(now_);
  EXPECT_LE(lines_.size(), 257u);
}

TEST(LogLevelTest, CanBeChanged) {
  SetUpLog(LogLevel::kWarning, LogFormat::kText);
  EXPECT_EQ(CurrentLogLevel(), LogLevel::kWarning);
  SetLogLevel(LogLevel::kDebug);
  EXPECT_EQ(CurrentLogLevel(), LogLevel::kDebug);
  SetLogLevel(LogLevel::kError);
  EXPECT_EQ(CurrentLogLevel(), LogLevel::kError);
}

}  // namespace
}  // namespace tfld::daemon
