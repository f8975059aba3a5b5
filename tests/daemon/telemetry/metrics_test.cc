#include "daemon/telemetry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "daemon/scheduler/request_stats.h"

namespace tfld::daemon {
namespace {

using std::chrono::milliseconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

FinishedRequest Request(std::uint32_t uid, StatusCode code = StatusCode::kOk) {
  FinishedRequest request;
  request.model = "kws";
  request.version = 2;
  request.uid = uid;
  request.transport = kGrpcTransport;
  request.code = code;
  const SteadyTime start = SteadyTime{} + std::chrono::hours(1);
  request.received = start;
  request.times = {start + milliseconds(1), start + milliseconds(3), start + milliseconds(4), start + milliseconds(9),
                   start + milliseconds(10)};
  return request;
}

class MetricsTest : public ::testing::Test {
 protected:
  std::string Page(const MetricsSnapshot& snapshot = {}) const {
    return metrics_.Render(snapshot, MetricsFormat::kPrometheus);
  }

  RequestStats stats_;
  Metrics metrics_{stats_, [](std::uint32_t uid) { return uid == 33 ? std::string("www-data") : std::string(); }};
};

TEST_F(MetricsTest, CountsRequestsByLabels) {
  stats_.OnRequest(Request(1000));
  stats_.OnRequest(Request(1000));
  stats_.OnRequest(Request(33));
  stats_.OnRequest(Request(1001, StatusCode::kInvalidArgument));
  const std::string page = Page();
  EXPECT_THAT(page,
              HasSubstr(R"(tfld_requests_total{client="1000",code="OK",model="kws",transport="grpc",version="2"} 2)"));
  EXPECT_THAT(page, HasSubstr(R"(client="www-data",code="OK")"));
  EXPECT_THAT(page, HasSubstr(R"(code="INVALID_ARGUMENT")"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_requests_refused_total{model="kws",reason="invalid",version="2"} 1)"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_executions_total{model="kws",version="2"} 3)"));
}

// 5 ms in the model are more than the bound of 4.194304 ms.
TEST_F(MetricsTest, HistogramsOfEachStage) {
  stats_.OnRequest(Request(1000));
  FinishedRequest critical = Request(1000);
  critical.priority = PriorityClass::kCritical;
  stats_.OnRequest(critical);
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr(R"(tfld_request_duration_seconds_count{class="critical",model="kws",version="2"} 1)"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_queue_duration_seconds_sum{class="normal",model="kws",version="2"} 0.002)"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_compute_duration_seconds_bucket{model="kws",version="2",le="0.004194304"} 0)"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_compute_duration_seconds_bucket{model="kws",version="2",le="0.016777216"} 2)"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_compute_duration_seconds_bucket{model="kws",version="2",le="+Inf"} 2)"));
  EXPECT_THAT(page, HasSubstr("tfld_input_duration_seconds_count"));
  EXPECT_THAT(page, HasSubstr("tfld_output_duration_seconds_count"));
}

TEST_F(MetricsTest, ClientsAreBounded) {
  for (std::uint32_t uid = 1000; uid < 1200; ++uid) stats_.OnRequest(Request(uid));
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr(R"(client="1063")"));
  EXPECT_THAT(page, Not(HasSubstr(R"(client="1064")")));
  EXPECT_THAT(
      page, HasSubstr(R"(tfld_requests_total{client="other",code="OK",model="kws",transport="grpc",version="2"} 136)"));
}

TEST_F(MetricsTest, GaugesComeFromTheSnapshot) {
  MetricsSnapshot snapshot;
  snapshot.models.push_back({"kws", 3, 100, 200, 300, {{"active", 1}, {"retired", 2}}});
  snapshot.queued = {1, 5, 0};
  snapshot.executors = 2;
  snapshot.executors_busy = 1;
  snapshot.preemptions = 9;
  snapshot.refused = {{"queue_full", 6}};
  snapshot.connections = {{"grpc", 4, 8}, {"channel", 3, 0}};
  const std::string page = Page(snapshot);
  EXPECT_THAT(page, HasSubstr(R"(tfld_model_active_version{model="kws"} 3)"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_model_memory_bytes{category="packed",model="kws"} 200)"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_model_versions{model="kws",state="retired"} 2)"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_queue_depth{class="normal"} 5)"));
  EXPECT_THAT(page, HasSubstr("tfld_executors_busy 1"));
  EXPECT_THAT(page, HasSubstr("tfld_preemptions_total 9"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_admission_refusals_total{reason="queue_full"} 6)"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_connections{transport="channel"} 3)"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_connections_refused_total{transport="grpc"} 8)"));
  EXPECT_THAT(page, HasSubstr("tfld_build_info{version="));
  EXPECT_THAT(Page(), Not(HasSubstr("kws")));
}

TEST_F(MetricsTest, TheProcessIsDescribed) {
  const std::string page = Page();
  for (const char* name : {"process_cpu_seconds_total", "process_start_time_seconds", "process_threads",
                           "process_resident_memory_bytes", "process_open_fds", "process_max_fds"}) {
    EXPECT_THAT(page, HasSubstr(std::string("\n") + name + " "));
  }
}

TEST_F(MetricsTest, ChangesCountByOutcomeAndAreBounded) {
  metrics_.CountChange("kws", "deploy", true);
  for (int i = 0; i < 2000; ++i) metrics_.CountChange("x" + std::to_string(i), "deploy", false);
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr(R"(tfld_lifecycle_changes_total{action="deploy",model="kws",result="ok"} 1)"));
  EXPECT_THAT(page, HasSubstr(R"(tfld_lifecycle_changes_total{action="deploy",model="other",result="failed"} 977)"));
}

TEST_F(MetricsTest, OpenMetricsHasItsOwnWays) {
  stats_.OnRequest(Request(1000));
  const std::string page = metrics_.Render({}, MetricsFormat::kOpenMetrics);
  EXPECT_THAT(page, HasSubstr("# TYPE tfld_requests counter\n"));
  EXPECT_THAT(page,
              HasSubstr(R"(tfld_requests_total{client="1000",code="OK",model="kws",transport="grpc",version="2"} 1)"));
  EXPECT_THAT(page, HasSubstr(R"(le="1.073741824"} 1)"));
  EXPECT_THAT(page, HasSubstr("\ntfld_executors 0\n"));
  EXPECT_THAT(page, EndsWith("# EOF\n"));
  EXPECT_THAT(Page(), Not(HasSubstr("# EOF")));
}

TEST_F(MetricsTest, RequestsAreCountedWhileTheyAreScraped) {
  std::vector<std::thread> threads;
  threads.reserve(3);
  for (std::uint32_t thread = 0; thread < 3; ++thread) {
    threads.emplace_back([this, thread] {
      for (std::uint32_t i = 0; i < 3000; ++i) {
        FinishedRequest request = Request(thread * 30 + i % 40, i % 5 == 0 ? StatusCode::kInternal : StatusCode::kOk);
        request.version = i % 3;
        request.priority = static_cast<PriorityClass>(i % kPriorityClasses);
        stats_.OnRequest(request);
      }
    });
  }
  for (int i = 0; i < 20; ++i) EXPECT_THAT(Page(), HasSubstr("tfld_executors 0"));
  for (std::thread& thread : threads) thread.join();
  std::uint64_t counted = 0;
  for (const VersionRequestStats& stats : stats_.Snapshot()) {
    for (const std::uint64_t count : stats.requests) counted += count;
  }
  EXPECT_EQ(counted, 9000u);
}

}  // namespace
}  // namespace tfld::daemon
