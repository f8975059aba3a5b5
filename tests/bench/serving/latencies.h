// Percentiles of latencies, exact: all samples are kept.
#pragma once

#include <string>
#include <vector>

namespace tfld::bench {

// By the nearest rank; 0 when there is none. `share` is 0.5 for the median. Reorders the samples.
double Percentile(std::vector<double>& samples, double share);

double Median(std::vector<double> samples);

// For messages: with two digits behind the point.
std::string Rounded(double value);

}  // namespace tfld::bench
