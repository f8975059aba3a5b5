#include "daemon/scheduler/request_stats.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "daemon/scheduler/latency_histogram.h"
#include "daemon/scheduler/version_counters.h"
#include "tests/daemon/scheduler/echo_model.h"

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

TEST(LatencyHistogramTest, CountsAreValuesThatAdd) {
  LatencyHistogram histogram;
  histogram.Add(microseconds(100));
  HistogramCounts counts = histogram.Counts();
  counts += histogram.Counts();
  EXPECT_EQ(counts.count(), 2u);
  EXPECT_EQ(counts.sum_ns, 200'000u);
  for (std::size_t i = 0; i < HistogramCounts::kBuckets; ++i) {
    EXPECT_EQ(HistogramCounts::BucketOf(HistogramCounts::LowerBound(i)), i);
  }
}

TEST(RequestStatsTest, ClientsAndTransportsAreToldApart) {
  RequestStats stats;
  FinishedRequest request = Request("a", 1, StatusCode::kOk);
  request.transport = kGrpcTransport;
  for (const std::uint32_t uid : {7u, 7u, 0u}) {
    request.uid = uid;
    stats.OnRequest(request);
  }
  request.transport = kChannelTransport;
  request.code = StatusCode::kCancelled;
  stats.OnRequest(request);
  const VersionRequestStats counted = stats.Snapshot("a")[0];
  ASSERT_EQ(counted.clients.size(), 3u);
  EXPECT_EQ(counted.clients[0].uid, 7u);
  EXPECT_EQ(counted.clients[0].requests[0], 2u);
  EXPECT_EQ(counted.clients[2].transport, "channel");
  EXPECT_EQ(counted.clients[2].requests[static_cast<std::size_t>(StatusCode::kCancelled)], 1u);
  const std::vector<ClientStats> clients = stats.Clients();
  ASSERT_EQ(clients.size(), 2u);
  EXPECT_EQ(clients[0].uid, 0u);
  EXPECT_EQ(clients[0].succeeded, 1u);
  EXPECT_EQ(clients[0].failed, 1u);
  EXPECT_EQ(clients[1].request.count(), 2u);
}

TEST(RequestStatsTest, ManyClientsShareOneCount) {
  RequestStats stats;
  FinishedRequest request = Request("a", 1, StatusCode::kOk);
  for (std::uint32_t uid = 1000; uid < 1200; ++uid) {
    request.uid = uid;
    stats.OnRequest(request);
  }
  const std::vector<ClientStats> clients = stats.Clients();
  ASSERT_EQ(clients.size(), ClientTable::kOwn + 1);
  EXPECT_FALSE(clients.back().uid.has_value());
  EXPECT_EQ(clients.back().succeeded, 200 - ClientTable::kOwn);
  EXPECT_EQ(stats.Snapshot("a")[0].requests[0], 200u);
}

TEST(RequestStatsTest, PriorityClassesHaveTheirOwnTimes) {
  RequestStats stats;
  FinishedRequest request = Request("a", 1, StatusCode::kOk);
  stats.OnRequest(request);
  request.priority = PriorityClass::kCritical;
  stats.OnRequest(request);
  stats.OnRequest(request);
  const VersionRequestStats counted = stats.Snapshot("a")[0];
  EXPECT_EQ(counted.classes[static_cast<std::size_t>(PriorityClass::kCritical)].queue.count(), 2u);
  EXPECT_EQ(counted.classes[static_cast<std::size_t>(PriorityClass::kNormal)].request.count(), 1u);
  EXPECT_EQ(counted.queue.count, 3u);
}

TEST(RequestStatsTest, ABatchIsOneExecution) {
  RequestStats stats;
  FinishedRequest request = Request("a", 1, StatusCode::kOk);
  stats.OnRequest(request);
  request.times.batch_size = 4;
  for (int i = 0; i < 8; ++i) stats.OnRequest(request);
  const VersionRequestStats counted = stats.Snapshot("a")[0];
  EXPECT_EQ(counted.executions, 3u);
  ASSERT_EQ(counted.batches.size(), 2u);
  EXPECT_EQ(counted.batches[0].requests, 1u);
  EXPECT_EQ(counted.batches[0].compute_ns, 500'000u);
  EXPECT_EQ(counted.batches[1].size, 4);
  EXPECT_EQ(counted.batches[1].requests, 8u);
  EXPECT_EQ(counted.batches[1].input_ns, 80'000u);
}

TEST(RequestStatsTest, AnUnloadedVersionIsDroppedAfterAWhile) {
  SteadyTime now = SteadyTime{} + std::chrono::hours(1);
  RequestStats stats([&now] { return now; });
  auto instance = test::EchoInstance({test::EchoTensor{.shape = {1, 4}}}, 1);
  FinishedRequest request = Request("a", 1, StatusCode::kOk);
  request.instance = instance.get();
  stats.OnRequest(request);
  stats.OnRequest(request);
  EXPECT_EQ(instance->counters()->owner(), &stats);
  now += std::chrono::hours(24);
  EXPECT_EQ(stats.Snapshot("a").at(0).requests[0], 2u);  // loaded, however long

  instance.reset();
  EXPECT_EQ(stats.Snapshot("a").at(0).requests[0], 2u);
  now += RequestStats::kKeepUnloaded;
  instance = test::EchoInstance({test::EchoTensor{.shape = {1, 4}}}, 1);  // loaded again in time
  request.instance = instance.get();
  stats.OnRequest(request);
  now += std::chrono::hours(24);
  EXPECT_EQ(stats.Snapshot("a").at(0).requests[0], 3u);
  EXPECT_EQ(stats.Snapshot("a").at(0).request.count, 3u);

  instance.reset();
  EXPECT_EQ(stats.Snapshot("a").size(), 1u);
  now += RequestStats::kKeepUnloaded + std::chrono::seconds(1);
  EXPECT_TRUE(stats.Snapshot("a").empty());
  EXPECT_EQ(stats.Clients().at(0).succeeded, 3u);  // a client's own count stays
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
