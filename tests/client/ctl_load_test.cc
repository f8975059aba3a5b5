// The parts of bench, top and trace that need no daemon.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "client/ctl/histogram_math.h"
#include "client/ctl/latency_counts.h"
#include "client/ctl/load_generator.h"
#include "client/ctl/to_json.h"
#include "client/ctl/top_view.h"
#include "client/ctl/trace_format.h"

namespace tfld::ctl {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;
using testing::AllOf;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using testing::Not;
using Json = nlohmann::ordered_json;

TEST(LatencyCountsTest, PercentilesAreWithinOnePercent) {
  LatencyCounts counts;
  for (int i = 1; i <= 100'000; ++i) counts.Add(microseconds(i));
  EXPECT_EQ(counts.count(), 100'000u);
  EXPECT_NEAR(counts.PercentileUs(0.50), 50'000, 500);
  EXPECT_NEAR(counts.PercentileUs(0.99), 99'000, 990);
  EXPECT_NEAR(counts.PercentileUs(0.999), 99'900, 999);
  EXPECT_EQ(counts.PercentileUs(1.0), counts.max_us());
  EXPECT_EQ(counts.max_us(), 100'000);
  EXPECT_EQ(counts.min_us(), 1);
  EXPECT_NEAR(counts.mean_us(), 50'000.5, 1e-6);
}

TEST(LatencyCountsTest, TakesWhateverComes) {
  LatencyCounts counts;
  EXPECT_EQ(counts.PercentileUs(0.5), 0);
  EXPECT_EQ(counts.Plot(10), "");
  for (const std::int64_t ns : {std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}, std::int64_t{1} << 62}) {
    counts.Add(nanoseconds(ns));
  }
  EXPECT_EQ(counts.count(), 4u);
  EXPECT_EQ(counts.min_us(), 0);
  EXPECT_FALSE(counts.Plot(10).empty());
}

TEST(LatencyCountsTest, ThreadsAreAddedUp) {
  LatencyCounts first;
  LatencyCounts second;
  first.Add(microseconds(10));
  second.Add(microseconds(30));
  second.Merge(first);
  second.Merge(LatencyCounts());
  EXPECT_EQ(second.count(), 2u);
  EXPECT_EQ(second.min_us(), 10);
  EXPECT_EQ(second.max_us(), 30);
}

TEST(LatencyCountsTest, ThePlotHasALineAStep) {
  LatencyCounts counts;
  for (int i = 0; i < 90; ++i) counts.Add(microseconds(100));
  for (int i = 0; i < 10; ++i) counts.Add(microseconds(1000));
  const std::string plot = counts.Plot(20);
  EXPECT_THAT(plot, HasSubstr("90.0 %"));
  EXPECT_THAT(plot, HasSubstr("10.0 %"));
  EXPECT_THAT(plot, HasSubstr("████████████████████ "));
  EXPECT_EQ(std::count(plot.begin(), plot.end(), '\n'), 1 + 7);  // a heading, and a decade in half octaves
}

v1::Histogram Histogram(const std::vector<std::pair<double, std::uint64_t>>& buckets, double sum_us) {
  v1::Histogram histogram;
  for (const auto& [from, count] : buckets) {
    histogram.add_from_us(from);
    histogram.add_to_us(from * 2);
    histogram.add_counts(count);
  }
  histogram.set_sum_us(sum_us);
  return histogram;
}

TEST(HistogramViewTest, WhatWasBetweenTwoLooks) {
  const HistogramView before(Histogram({{10, 5}}, 70));
  const HistogramView now(Histogram({{10, 5}, {100, 4}}, 670));
  const HistogramView between = now.Since(before);
  EXPECT_EQ(between.count(), 4u);
  EXPECT_THAT(between.PercentileUs(0.5), AllOf(Ge(100), Le(200)));
  EXPECT_EQ(before.Since(before).PercentileUs(0.99), 0);
  EXPECT_EQ(before.Since(now).count(), 5u);  // the daemon began anew
}

v1::GetStatsResponse Look(double clock, std::uint64_t answered, std::uint64_t failed) {
  v1::GetStatsResponse look;
  look.mutable_daemon()->set_clock_seconds(clock);
  look.mutable_daemon()->set_cpu_seconds(clock / 2);
  v1::ModelStats& model = *look.add_models();
  model.set_model("kws");
  model.set_version(2);
  model.set_active(true);
  v1::CodeCount& good = *model.add_requests();
  good.set_code("OK");
  good.set_count(answered);
  v1::CodeCount& bad = *model.add_requests();
  bad.set_code("UNAVAILABLE");
  bad.set_count(failed);
  *model.mutable_request_histogram() = Histogram({{100, answered}}, 0);
  // In batches of four, each request with the 75 us of its batch.
  *model.mutable_compute_histogram() = Histogram({{50, answered}}, static_cast<double>(answered) * 75);
  model.set_busy_ns(answered / 4 * 75'000);
  v1::ClientStats& client = *look.add_clients();
  client.set_name("root");
  client.set_succeeded(answered);
  client.set_failed(failed);
  return look;
}

TEST(TopViewTest, RatesAndLatenciesAreOfTheInterval) {
  const TopView view = Compare(Look(10, 1000, 5), Look(12, 3000, 9));
  EXPECT_EQ(view.seconds, 2);
  EXPECT_EQ(view.cpus, 0.5);
  ASSERT_EQ(view.models.size(), 1u);
  EXPECT_EQ(view.models[0].requests_a_second, 1000);
  EXPECT_EQ(view.models[0].errors_a_second, 2);
  EXPECT_THAT(view.models[0].p99_us, AllOf(Ge(100), Le(200)));
  EXPECT_NEAR(view.models[0].compute_share, 0.075 / 4, 1e-9);
  EXPECT_EQ(view.clients.at(0).requests_a_second, 1000);
  EXPECT_THAT(TopText(view, false), AllOf(HasSubstr("kws"), HasSubstr("root"), Not(HasSubstr("\033"))));
  const Json json = ToJson(view);
  EXPECT_EQ(json["models"][0]["requests_per_second"], 1000);
  EXPECT_EQ(json["clients"][0]["client"], "root");
}

TEST(TopViewTest, ANewModelCountsFromNothing) {
  v1::GetStatsResponse before;
  before.mutable_daemon()->set_clock_seconds(10);
  const TopView view = Compare(before, Look(11, 50, 0));
  EXPECT_EQ(view.models.at(0).requests_a_second, 50);
}

TEST(ArrivalTimesTest, HaveTheirRate) {
  ArrivalTimes uniform(100, true, 1);
  EXPECT_NEAR(uniform.Next(), 0.01, 1e-12);
  EXPECT_NEAR(uniform.Next(), 0.02, 1e-12);
  ArrivalTimes poisson(100, false, 1);
  double last = 0;
  for (int i = 0; i < 20'000; ++i) {
    const double next = poisson.Next();
    EXPECT_GE(next, last);
    last = next;
  }
  EXPECT_NEAR(last, 200, 6);  // four standard deviations
}

TEST(LoadTest, AClosedLoopEndsWithItsRequests) {
  std::atomic<int> calls = 0;
  std::atomic<int> made = 0;
  const auto result = RunLoad({.clients = 3, .seconds = 60, .requests = 500, .warmup_seconds = 0}, [&](int) {
    ++made;
    return Result<Call>([&calls] {
      ++calls;
      return Status();
    });
  });
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_EQ(made, 3);
  EXPECT_EQ(result->latencies.count(), 500u);
  EXPECT_EQ(calls, 503);  // each client's first is its warm-up
  EXPECT_GT(result->calls_a_second(), 0);
}

// One client whose first call stalls: the calls that should have begun meanwhile are charged for the wait.
TEST(LoadTest, AnOpenLoopChargesWaitingToTheOneWhoStalls) {
  int calls = 0;
  const Load load = {.clients = 1, .seconds = 60, .requests = 20, .warmup_seconds = 0, .rate = 1000, .uniform = true};
  const auto result = RunLoad(load, [&](int) {
    return Result<Call>([&calls] {
      if (++calls == 2) std::this_thread::sleep_for(std::chrono::milliseconds(100));
      return Status();
    });
  });
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->latencies.count(), 20u);
  EXPECT_GE(result->latencies.PercentileUs(0.5), 80'000);
}

TEST(LoadTest, FailuresAreCountedApart) {
  int calls = 0;
  const auto result = RunLoad({.seconds = 60, .requests = 10, .warmup_seconds = 0}, [&](int) {
    return Result<Call>([&calls] { return ++calls % 2 == 0 ? Unavailable("gone") : Status(); });
  });
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->failed, 5u);
  EXPECT_EQ(result->latencies.count(), 5u);
  EXPECT_EQ(result->first_failure.message(), "gone");
}

TEST(LoadTest, AClientThatCannotBeMadeIsAnError) {
  const auto result = RunLoad({.clients = 2, .seconds = 60, .warmup_seconds = 0}, [](int client) -> Result<Call> {
    if (client == 1) return NotFound("no such model");
    return Call([] { return Status(); });
  });
  EXPECT_EQ(result.status().code(), StatusCode::kNotFound);
}

TEST(LoadTest, AThreadThatCannotBeMadeIsAnError) {
  pthread_attr_t before;
  pthread_attr_t larger_than_memory;
  ASSERT_EQ(::pthread_getattr_default_np(&before), 0);
  ASSERT_EQ(::pthread_attr_init(&larger_than_memory), 0);
  ASSERT_EQ(::pthread_attr_setstacksize(&larger_than_memory, std::size_t{1} << 48), 0);
  ASSERT_EQ(::pthread_setattr_default_np(&larger_than_memory), 0);
  const auto result = RunLoad({.clients = 3}, [](int) { return Result<Call>([] { return Status(); }); });
  ASSERT_EQ(::pthread_setattr_default_np(&before), 0);
  EXPECT_EQ(result.status().code(), StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("3 clients"));
}

v1::RequestTrace Trace() {
  v1::RequestTrace trace;
  trace.set_model("kws");
  trace.set_version(2);
  trace.set_id("r\"1");
  trace.set_transport("channel");
  trace.set_priority("critical");
  trace.set_code("OK");
  trace.set_received_ns(1'700'000'000'000'000'000);
  trace.set_queued_ns(1000);
  trace.set_started_ns(3000);
  trace.set_input_done_ns(4000);
  trace.set_infer_done_ns(90'000);
  trace.set_finished_ns(91'500);
  return trace;
}

TEST(TraceFormatTest, OtelHasARootAndItsStages) {
  OtelFormat format("1.2.3", 7);
  const std::string line = format.Line(Trace());
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const Json resource = Json::parse(line)["resourceSpans"][0];
  EXPECT_EQ(resource["resource"]["attributes"][0]["value"]["stringValue"], "tfld");
  const Json spans = resource["scopeSpans"][0]["spans"];
  ASSERT_EQ(spans.size(), 5u);
  EXPECT_EQ(spans[0]["name"], "infer kws");
  EXPECT_EQ(spans[0]["startTimeUnixNano"], "1700000000000000000");
  EXPECT_EQ(spans[0]["endTimeUnixNano"], "1700000000000091500");
  EXPECT_EQ(spans[0]["parentSpanId"], "");
  EXPECT_EQ(spans[3]["name"], "compute");
  EXPECT_EQ(spans[3]["parentSpanId"], spans[0]["spanId"]);
  EXPECT_EQ(spans[3]["startTimeUnixNano"], "1700000000000004000");
  for (const Json& span : spans) {
    EXPECT_EQ(span["traceId"], spans[0]["traceId"]);
    EXPECT_EQ(span["traceId"].get<std::string>().size(), 32u);
    EXPECT_EQ(span["spanId"].get<std::string>().size(), 16u);
  }
  EXPECT_THAT(spans[0]["attributes"].dump(), HasSubstr(R"("r\"1")"));
}

TEST(TraceFormatTest, ARequestThatWasRefusedHasNoStages) {
  v1::RequestTrace trace;
  trace.set_code("NOT_FOUND");
  trace.set_finished_ns(500);
  OtelFormat format("1", 7);
  const Json spans = Json::parse(format.Line(trace))["resourceSpans"][0]["scopeSpans"][0]["spans"];
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0]["status"]["code"], 2);
  EXPECT_EQ(spans[0]["status"]["message"], "NOT_FOUND");
}

TEST(TraceFormatTest, ChromePutsOverlapsOnLanes) {
  ChromeFormat format;
  v1::RequestTrace second = Trace();
  second.set_received_ns(second.received_ns() + 50'000);
  v1::RequestTrace third = Trace();
  third.set_received_ns(third.received_ns() + 100'000);
  std::string text = ChromeFormat::Head();
  for (const v1::RequestTrace& trace : {Trace(), second, third}) text += format.Events(trace);
  const Json events = Json::parse(text + ChromeFormat::Tail());
  ASSERT_EQ(events.size(), 1u + 3 * 5);
  EXPECT_EQ(events[1]["name"], "kws v2");
  EXPECT_EQ(events[1]["tid"], 1);
  EXPECT_EQ(events[1]["dur"], 91.5);
  EXPECT_EQ(events[2]["name"], "queue");
  EXPECT_EQ(events[6]["tid"], 2);
  EXPECT_EQ(events[11]["tid"], 1);
}

TEST(TraceFormatTest, ChromeKeepsNanoseconds) {
  ChromeFormat format;
  v1::RequestTrace trace = Trace();
  trace.set_received_ns(1'700'000'000'123'456'789);
  trace.set_started_ns(1001);
  const Json events = Json::parse(ChromeFormat::Head() + format.Events(trace) + ChromeFormat::Tail());
  const auto nanoseconds_of = [](const Json& number) { return std::llround(number.get<double>() * 1e3); };
  EXPECT_EQ(nanoseconds_of(events[1]["ts"]), 80'000'123'456'789);  // 22:13:20 of that day
  EXPECT_EQ(nanoseconds_of(events[2]["ts"]) + nanoseconds_of(events[2]["dur"]), nanoseconds_of(events[3]["ts"]));
  EXPECT_EQ(nanoseconds_of(events[3]["ts"]), 80'000'123'457'790);
}

}  // namespace
}  // namespace tfld::ctl
