// Percentiles of latencies, exact: all samples are kept.
#pragma once

#include <string>
#include <vector>

namespace tfld::bench {

// By the nearest rank; 0 when there is none. `share` is 0.5 for the median. Reorders the samples.
double Percentile(std::vector<double>& samples, double share);

double Median(std::vector<double> samples);

// What a thing takes, of repeated measurements of it, each some time after the other: the quartile on the quick side.
// A neighbour on the same host slows down whole seconds of a virtual processor, by a third and more, and never speeds
// one up; the median of a minute is then that of the neighbour's habits. Both sides of a comparison get the same.
double QuietTime(std::vector<double> times);
double QuietRate(std::vector<double> rates);

// For messages: with two digits behind the point.
std::string Rounded(double value);

}  // namespace tfld::bench
