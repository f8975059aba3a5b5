// The OpenMetrics text format, version 1.0.0, for families of prometheus-cpp, whose own serializer writes the older
// format only.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace tfld::daemon {

// Counters, gauges and histograms; names of counters end with "_total".
std::string FormatOpenMetrics(const std::vector<prometheus::MetricFamily>& families);

}  // namespace tfld::daemon
