#include "daemon/telemetry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace tfld::daemon {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

FinishedRequest Request(std::uint32_t uid, StatusCode code = StatusCode::kOk) {
  FinishedRequest request;
  request.model = "kws";
  request.version = 2;
  request.uid = uid;
  request.transport = "grpc";
  request.code = code;
  const SteadyTime start = SteadyTime{} + std::chrono::hours(1);
  request.received = start;
  request.times = {start + milliseconds(1), start + milliseconds(3), start + milliseconds(4), start + milliseconds(9),
                   start + milliseconds(10)};
  return request;
}

TEST(Metrics, CountsRequestsByLabels) {
  Metrics metrics;
  metrics.OnRequest(Request(1000));
  metrics.OnRequest(Request(1000));
  metrics.OnRequest(Request(1001, StatusCode::kInvalidArgument));
  const std::string page = metrics.Render({});
  EXPECT_THAT(page,
              HasSubstr(R"(tfld_requests_total{client="1000",code="OK",model="kws",transport="grpc",version="2"} 2)"));
  EXPECT_THAT(page, HasSubstr(R"(code="INVALID_ARGUMENT")"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_request_duration_seconds_count{model="kws",version="2"} 2)"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_compute_duration_seconds_bucket{model="kws",version="2",le="0.005"} 2)"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_compute_duration_seconds_bucket{model="kws",version="2",le="0.002"} 0)"));
}

TEST(Metrics, ClientsAreBounded) {
  Metrics metrics;
  for (std::uint32_t uid = 0; uid < 200; ++uid) metrics.OnRequest(Request(uid));
  const std::string page = metrics.Render({});
  EXPECT_THAT(page, HasSubstr(R"(client="63")"));
  EXPECT_THAT(page, Not(HasSubstr(R"(client="64")")));
  EXPECT_THAT(
      page, HasSubstr(R"(tfld_requests_total{client="other",code="OK",model="kws",transport="grpc",version="2"} 136)"));
}

TEST(Metrics, GaugesComeFromTheSnapshot) {
  const Metrics metrics;
  MetricsSnapshot snapshot;
  snapshot.models.push_back({"kws", 3, 100, 200, 300, {{"active", 1}, {"retired", 2}}});
  snapshot.queue_depth = 5;
  snapshot.executors = 2;
  snapshot.executors_busy = 1;
  const std::string page = metrics.Render(snapshot);
  EXPECT_THAT(page, HasSubstr(R"(tfld_model_active_version{model="kws"} 3)"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_model_memory_bytes{category="packed",model="kws"} 200)"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_model_versions{model="kws",state="retired"} 2)"));
  EXPECT_THAT(page, HasSubstr("tfld_queue_depth 5"));
  EXPECT_THAT(page, HasSubstr("tfld_executors_busy 1"));
  EXPECT_THAT(page, HasSubstr("tfld_build_info{version="));
  EXPECT_THAT(metrics.Render({}), Not(HasSubstr("kws")));
}

TEST(Metrics, ManyThreadsCountAtOnce) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (std::uint32_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&metrics, thread] {
      for (int i = 0; i < 500; ++i) metrics.OnRequest(Request(thread));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(metrics.Render({}), HasSubstr(R"(tfld_request_duration_seconds_count{model="kws",version="2"} 2000)"));
}

TEST(Metrics, ChangesCountByOutcome) {
  Metrics metrics;
  metrics.CountChange("kws", "deploy", true);
  metrics.CountChange("kws", "deploy", false);
  EXPECT_THAT(metrics.Render({}),
              HasSubstr(R"(tfld_lifecycle_changes_total{action="deploy",model="kws",result="failed"} 1)"));
}

}  // namespace
}  // namespace tfld::daemon
