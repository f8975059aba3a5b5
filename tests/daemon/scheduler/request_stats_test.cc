#include "daemon/scheduler/request_stats.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "daemon/scheduler/latency_histogram.h"

namespace tfld::daemon {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

FinishedRequest Request(std::string_view model, std::uint64_t version, StatusCode code) {
  FinishedRequest request;
  request.model = model;
  request.version = version;
  request.code = code;
  const SteadyTime start(std::chrono::seconds(1));
  request.received = start;
  request.times.queued = start + microseconds(10);
  request.times.started = start + microseconds(110);
  request.times.input_done = start + microseconds(120);
  request.times.infer_done = start + microseconds(620);
  request.times.finished = start + microseconds(640);
  return request;
}

TEST(LatencyHistogramTest, NothingCounted) {
  const LatencySummary summary = LatencyHistogram().Summarize();
  EXPECT_EQ(summary.count, 0u);
  EXPECT_EQ(summary.p99_us, 0.0);
}

TEST(LatencyHistogramTest, PercentilesAreWithinTheirBucket) {
  LatencyHistogram histogram;
  for (int i = 1; i <= 10'000; ++i) histogram.Add(microseconds(i));
  const LatencySummary summary = histogram.Summarize();
  EXPECT_EQ(summary.count, 10'000u);
  EXPECT_EQ(summary.sum_ns, 50'005'000'000u);
  EXPECT_NEAR(summary.p50_us, 5'000, 300);
  EXPECT_NEAR(summary.p90_us, 9'000, 600);
  EXPECT_NEAR(summary.p99_us, 9'900, 600);
}

TEST(LatencyHistogramTest, TakesAnyDuration) {
  LatencyHistogram histogram;
  for (const std::int64_t ns : {std::int64_t{-5}, std::int64_t{0}, std::int64_t{1}, std::int64_t{1} << 62}) {
    histogram.Add(nanoseconds(ns));
  }
  EXPECT_EQ(histogram.Summarize().count, 4u);
}

TEST(RequestStatsTest, CountsByModelVersionAndCode) {
  RequestStats stats;
  stats.OnRequest(Request("b", 2, StatusCode::kOk));
  stats.OnRequest(Request("a", 1, StatusCode::kOk));
  stats.OnRequest(Request("a", 1, StatusCode::kDeadlineExceeded));
  stats.OnRequest(Request("", 0, StatusCode::kNotFound));
  const auto all = stats.Snapshot();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].model, "");
  EXPECT_EQ(all[1].model, "a");
  EXPECT_EQ(all[1].requests[static_cast<std::size_t>(StatusCode::kOk)], 1u);
  EXPECT_EQ(all[1].requests[static_cast<std::size_t>(StatusCode::kDeadlineExceeded)], 1u);
  EXPECT_EQ(stats.Snapshot("b").size(), 1u);
  EXPECT_TRUE(stats.Snapshot("c").empty());
}

TEST(RequestStatsTest, TimesOfEachStage) {
  RequestStats stats;
  stats.OnRequest(Request("a", 1, StatusCode::kOk));
  const VersionRequestStats counted = stats.Snapshot("a")[0];
  EXPECT_EQ(counted.request.sum_ns, 640'000u);
  EXPECT_EQ(counted.queue.sum_ns, 100'000u);
  EXPECT_EQ(counted.compute.sum_ns, 500'000u);
  EXPECT_EQ(counted.input_ns, 10'000u);
  EXPECT_EQ(counted.output_ns, 20'000u);
  EXPECT_GT(counted.last_ms, 0);
}

TEST(RequestStatsTest, CountsFromManyThreads) {
  RequestStats stats;
  std::vector<std::thread> threads;
  for (std::uint64_t version = 0; version < 4; ++version) {
    threads.emplace_back([&stats, version] {
      for (int i = 0; i < 1'000; ++i) stats.OnRequest(Request("a", version / 2, StatusCode::kOk));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const VersionRequestStats& counted : stats.Snapshot()) EXPECT_EQ(counted.request.count, 2'000u);
}

}  // namespace
}  // namespace tfld::daemon
