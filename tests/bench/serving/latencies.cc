#include "tests/bench/serving/latencies.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace tfld::bench {

double Percentile(std::vector<double>& samples, double share) {
  if (samples.empty()) return 0;
  const double rank = std::ceil(share * static_cast<double>(samples.size()));
  const auto index = std::min(samples.size() - 1, static_cast<std::size_t>(std::max(rank - 1, 0.0)));
  const auto nth = samples.begin() + static_cast<std::ptrdiff_t>(index);
  std::nth_element(samples.begin(), nth, samples.end());
  return *nth;
}

double Median(std::vector<double> samples) { return Percentile(samples, 0.5); }

double QuietTime(std::vector<double> times) { return Percentile(times, 0.25); }

double QuietRate(std::vector<double> rates) { return Percentile(rates, 0.75); }

std::string Rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f", value);
  return text;
}

}  // namespace tfld::bench
