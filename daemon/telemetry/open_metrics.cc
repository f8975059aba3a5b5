#include "daemon/telemetry/open_metrics.h"

#include <charconv>
#include <cmath>
#include <string_view>

namespace tfld::daemon {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::string_view kTotal = "_total";

void AppendEscaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '\\': out += "\\\\"; break;
      case '"': out += "\\\""; break;
      case '\n': out += "\\n"; break;
      default: out += c;
    }
  }
}

// With as many digits as prometheus-cpp writes, so that the label of a bucket is the same in both formats. The bounds
// of buckets are floating-point numbers in this one: 1.0, never 1.
std::string Number(double value, bool floating) {
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::general, 16);
  std::string text(buffer, end.ptr);
  if (floating && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

struct Sample {
  std::string_view suffix;
  const double* bound = nullptr;  // of a bucket
  double value = 0;
};

void AppendSample(std::string& out, const std::string& name, const ClientMetric& metric, const Sample& sample) {
  out.append(name).append(sample.suffix);
  std::string_view separator = "{";
  for (const ClientMetric::Label& label : metric.label) {
    out.append(separator).append(label.name).append("=\"");
    AppendEscaped(out, label.value);
    out += '"';
    separator = ",";
  }
  if (sample.bound) out.append(separator).append("le=\"").append(Number(*sample.bound, true)).append("\"");
  if (sample.bound || !metric.label.empty()) out += '}';
  out.append(" ").append(Number(sample.value, false)).append("\n");
}

void AppendMetric(std::string& out, const std::string& name, MetricType type, const ClientMetric& metric) {
  if (type == MetricType::Counter) return AppendSample(out, name, metric, {kTotal, nullptr, metric.counter.value});
  if (type == MetricType::Gauge) return AppendSample(out, name, metric, {"", nullptr, metric.gauge.value});
  const ClientMetric::Histogram& histogram = metric.histogram;
  for (const ClientMetric::Bucket& bucket : histogram.bucket) {
    AppendSample(out, name, metric, {"_bucket", &bucket.upper_bound, static_cast<double>(bucket.cumulative_count)});
  }
  AppendSample(out, name, metric, {"_count", nullptr, static_cast<double>(histogram.sample_count)});
  AppendSample(out, name, metric, {"_sum", nullptr, histogram.sample_sum});
}

std::string_view TypeName(MetricType type) {
  switch (type) {
    case MetricType::Counter: return "counter";
    case MetricType::Gauge: return "gauge";
    case MetricType::Histogram: return "histogram";
    default: return "unknown";
  }
}

}  // namespace

std::string FormatOpenMetrics(const std::vector<MetricFamily>& families) {
  std::string out;
  for (const MetricFamily& family : families) {
    std::string name = family.name;
    if (family.type == MetricType::Counter && name.ends_with(kTotal)) name.resize(name.size() - kTotal.size());
    out.append("# TYPE ").append(name).append(" ").append(TypeName(family.type)).append("\n# HELP ").append(name);
    out += ' ';
    AppendEscaped(out, family.help);
    out += '\n';
    for (const ClientMetric& metric : family.metric) AppendMetric(out, name, family.type, metric);
  }
  return out + "# EOF\n";
}

}  // namespace tfld::daemon
