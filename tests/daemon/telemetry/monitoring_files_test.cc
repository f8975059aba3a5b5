// The alerts and the dashboard that are shipped speak of metrics that there are.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "daemon/scheduler/request_stats.h"
#include "daemon/telemetry/metrics.h"

namespace tfld::daemon {
namespace {

std::string ReadShipped(const std::string& name) {
  const char* source = std::getenv("TFLD_SOURCE_DIR");
  std::ifstream file(std::string(source ? source : ".") + "/config/" + name);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::set<std::string> MetricsIn(const std::string& text) {
  static const std::regex kName("\\b(tfld|process)_[a-z_]+");
  std::set<std::string> names;
  for (std::sregex_iterator it(text.begin(), text.end(), kName), end; it != end; ++it) names.insert(it->str());
  return names;
}

// A page on which every family has something to say.
std::string FullPage() {
  RequestStats stats;
  FinishedRequest request;
  request.model = "kws";
  request.version = 2;
  request.transport = kGrpcTransport;
  stats.OnRequest(request);
  request.code = StatusCode::kResourceExhausted;
  stats.OnRequest(request);
  Metrics metrics(stats);
  metrics.CountChange("kws", "deploy", true);
  MetricsSnapshot snapshot;
  snapshot.models.push_back({"kws", 2, 1, 1, 1, {{"active", 1}}});
  snapshot.refused = {{"queue_full", 1}};
  snapshot.connections = {{"grpc", 1}};
  return metrics.Render(snapshot, MetricsFormat::kPrometheus);
}

void ExpectExported(const std::string& file) {
  const std::set<std::string> used = MetricsIn(ReadShipped(file));
  const std::set<std::string> exported = MetricsIn(FullPage());
  EXPECT_GT(used.size(), 5u) << file << " is not there or says nothing";
  for (const std::string& name : used) EXPECT_TRUE(exported.contains(name)) << file << ": " << name;
}

TEST(MonitoringFiles, AlertsNameMetricsThatAreExported) { ExpectExported("prometheus/tfld-alerts.yml"); }

TEST(MonitoringFiles, TheDashboardNamesMetricsThatAreExported) { ExpectExported("grafana/tfld-dashboard.json"); }

// What is exported and on no panel is seen by nobody.
TEST(MonitoringFiles, TheDashboardShowsEveryMetricOfOurs) {
  const std::string dashboard = ReadShipped("grafana/tfld-dashboard.json");
  const std::string page = FullPage();
  static const std::regex kFamily("# TYPE (tfld_[a-z_]+) ");
  for (std::sregex_iterator it(page.begin(), page.end(), kFamily), end; it != end; ++it) {
    EXPECT_NE(dashboard.find((*it)[1].str()), std::string::npos) << (*it)[1].str();
  }
}

}  // namespace
}  // namespace tfld::daemon
