#include "daemon/telemetry/tracer.h"

#include <gtest/gtest.h>

#include <thread>

#include "daemon/telemetry/trace_settings.h"

namespace tfld::daemon {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kNow{0};

FinishedRequest Request(std::string_view model, std::string_view id = "7") {
  FinishedRequest request;
  request.model = model;
  request.version = 2;
  request.id = id;
  request.transport = kChannelTransport;
  request.uid = 5;
  request.received = SteadyTime{} + std::chrono::hours(1);
  request.times.queued = request.received + milliseconds(1);
  return request;
}

class TracerTest : public ::testing::Test {
 protected:
  TraceSettings settings_;
  Tracer tracer_{settings_};
  std::vector<RequestTrace> taken_;
};

TEST_F(TracerTest, NothingIsKeptForNobody) {
  tracer_.OnRequest(Request("kws"));
  EXPECT_TRUE(tracer_.Recent().empty());
}

TEST_F(TracerTest, ASessionGetsItsModelAtItsRate) {
  const auto session = tracer_.Start({.model = "kws", .rate = 3});
  ASSERT_TRUE(session.ok());
  for (int i = 0; i < 9; ++i) {
    tracer_.OnRequest(Request("kws", std::to_string(i)));
    tracer_.OnRequest(Request("other"));
  }
  EXPECT_TRUE((*session)->Take(taken_, kNow));
  ASSERT_EQ(taken_.size(), 3u);
  EXPECT_EQ(taken_[1].id.view(), "3");
  EXPECT_EQ(taken_[1].model.view(), "kws");
  EXPECT_EQ(taken_[1].transport.view(), "channel");
  EXPECT_EQ(taken_[1].times.queued - taken_[1].received, milliseconds(1));
  EXPECT_TRUE((*session)->Take(taken_, kNow));
  EXPECT_TRUE(taken_.empty());
}

TEST_F(TracerTest, ACountEndsTheSession) {
  const auto session = tracer_.Start({.count = 2});
  for (int i = 0; i < 5; ++i) tracer_.OnRequest(Request("kws"));
  EXPECT_TRUE((*session)->Take(taken_, kNow));
  EXPECT_EQ(taken_.size(), 2u);
  EXPECT_FALSE((*session)->Take(taken_, std::chrono::hours(1)));
}

TEST_F(TracerTest, WhatNobodyTakesIsLostAndCounted) {
  const auto session = tracer_.Start({});
  for (std::size_t i = 0; i < TraceSession::kCapacity + 3; ++i) tracer_.OnRequest(Request("kws"));
  EXPECT_EQ((*session)->lost(), 3u);
  EXPECT_TRUE((*session)->Take(taken_, kNow));
  EXPECT_EQ(taken_.size(), TraceSession::kCapacity);
}

TEST_F(TracerTest, LongTextsAreCut) {
  const auto session = tracer_.Start({});
  tracer_.OnRequest(Request(std::string(500, 'm'), std::string(500, 'i')));
  (*session)->Take(taken_, kNow);
  EXPECT_EQ(taken_.at(0).model.view(), std::string(63, 'm'));
  EXPECT_EQ(taken_.at(0).id.view(), std::string(63, 'i'));
}

TEST_F(TracerTest, SessionsAreBoundedAndEnd) {
  std::vector<std::shared_ptr<TraceSession>> sessions;
  for (std::size_t i = 0; i < Tracer::kMaxSessions; ++i) sessions.push_back(*tracer_.Start({}));
  EXPECT_EQ(tracer_.Start({}).status().code(), StatusCode::kResourceExhausted);
  sessions.pop_back();
  sessions.push_back(*tracer_.Start({}));
  std::thread closer([this] { tracer_.Close(); });
  EXPECT_FALSE(sessions.back()->Take(taken_, std::chrono::hours(1)));
  closer.join();
  EXPECT_EQ(tracer_.Start({}).status().code(), StatusCode::kUnavailable);
}

TEST_F(TracerTest, TheSettingsKeepTheNewest) {
  const std::vector<TraceSetting> on = {{"trace_level", {"TIMESTAMPS"}}, {"trace_rate", {"1"}}};
  ASSERT_TRUE(settings_.Set("", on).ok());
  for (std::size_t i = 0; i < Tracer::kRecent + 10; ++i) tracer_.OnRequest(Request("kws", std::to_string(i)));
  const std::vector<RequestTrace> recent = tracer_.Recent();
  ASSERT_EQ(recent.size(), Tracer::kRecent);
  EXPECT_EQ(recent.front().id.view(), "10");
  EXPECT_EQ(recent.back().id.view(), std::to_string(Tracer::kRecent + 9));
}

TEST_F(TracerTest, RequestsAndReadersMeet) {
  const auto session = tracer_.Start({});
  std::vector<std::thread> threads;
  threads.reserve(3);
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < 2000; ++n) tracer_.OnRequest(Request("kws"));
    });
  }
  std::size_t total = 0;
  while (total + (*session)->lost() < 6000) {
    (*session)->Take(taken_, kNow);
    total += taken_.size();
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(total + (*session)->lost(), 6000u);
}

}  // namespace
}  // namespace tfld::daemon
