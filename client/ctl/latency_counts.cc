#include "client/ctl/latency_counts.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "client/ctl/table.h"
#include "client/ctl/text.h"

namespace tfld::ctl {
namespace {

constexpr int kSubBits = 7;  // 128 buckets an octave: each less than 1 % wide
constexpr std::size_t kBuckets = (std::size_t{64} - kSubBits) << kSubBits;
constexpr double kStepsAnOctave = 2;  // of the plot
constexpr std::size_t kMaxLines = 24;

// Eighths of a block, so that short bars differ too.
std::string Bar(double cells) {
  static constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<std::size_t>(std::ceil(cells * 8));
  std::string bar;
  for (std::size_t i = 0; i < eighths / 8; ++i) bar += "█";
  return bar + kEighths[eighths % 8];
}

}  // namespace

LatencyCounts::LatencyCounts() : buckets_(kBuckets) {}

std::size_t LatencyCounts::BucketOf(std::uint64_t ns) {
  if (ns < (2u << kSubBits)) return static_cast<std::size_t>(ns);
  const int octave = static_cast<int>(std::bit_width(ns)) - 1 - kSubBits;
  return (static_cast<std::size_t>(octave) << kSubBits) + static_cast<std::size_t>(ns >> octave);
}

std::uint64_t LatencyCounts::LowerBound(std::size_t bucket) {
  if (bucket < (2u << kSubBits)) return bucket;
  const std::size_t octave = (bucket >> kSubBits) - 1;
  return static_cast<std::uint64_t>(bucket - (octave << kSubBits)) << octave;
}

void LatencyCounts::Add(std::chrono::nanoseconds latency) {
  const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 0));
  ++buckets_[std::min(BucketOf(ns), kBuckets - 1)];
  min_ns_ = count_ == 0 ? ns : std::min(min_ns_, ns);
  max_ns_ = std::max(max_ns_, ns);
  ++count_;
  sum_ns_ += ns;
}

void LatencyCounts::Merge(const LatencyCounts& other) {
  if (other.count_ == 0) return;
  for (std::size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
  min_ns_ = count_ == 0 ? other.min_ns_ : std::min(min_ns_, other.min_ns_);
  max_ns_ = std::max(max_ns_, other.max_ns_);
  count_ += other.count_;
  sum_ns_ += other.sum_ns_;
}

double LatencyCounts::mean_us() const {
  return count_ == 0 ? 0 : static_cast<double>(sum_ns_) / static_cast<double>(count_) / 1e3;
}

// The middle of the bucket, but never beyond what was seen.
double LatencyCounts::PercentileUs(double share) const {
  if (count_ == 0) return 0;
  const auto rank =
      std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
  if (rank >= count_) return max_us();
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    below += buckets_[i];
    if (below < rank) continue;
    const double middle = (static_cast<double>(LowerBound(i)) + static_cast<double>(LowerBound(i + 1))) / 2;
    return std::clamp(middle, static_cast<double>(min_ns_), static_cast<double>(max_ns_)) / 1e3;
  }
  return max_us();
}

std::string LatencyCounts::Plot(std::size_t width) const {
  if (count_ == 0) return {};
  const auto step_of = [](double ns) { return std::floor(std::log2(std::max(ns, 1.0)) * kStepsAnOctave); };
  const double first = step_of(static_cast<double>(min_ns_));
  const auto steps = static_cast<std::size_t>(step_of(static_cast<double>(max_ns_)) - first) + 1;
  const double merged = std::ceil(static_cast<double>(steps) / static_cast<double>(kMaxLines));
  std::vector<std::uint64_t> lines((steps + static_cast<std::size_t>(merged) - 1) / static_cast<std::size_t>(merged));
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (buckets_[i] == 0) continue;
    const double ns =
        std::clamp(static_cast<double>(LowerBound(i)), static_cast<double>(min_ns_), static_cast<double>(max_ns_));
    lines[static_cast<std::size_t>((step_of(ns) - first) / merged)] += buckets_[i];
  }
  const std::uint64_t most = *std::ranges::max_element(lines);
  Table table({">FROM", "", ">SHARE"});
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const double from_us = std::exp2((first + static_cast<double>(i) * merged) / kStepsAnOctave) / 1e3;
    const double cells = static_cast<double>(lines[i]) / static_cast<double>(most) * static_cast<double>(width);
    const double percent = 100.0 * static_cast<double>(lines[i]) / static_cast<double>(count_);
    table.AddRow(
        {DurationText(from_us), Bar(cells), lines[i] == 0 ? "-" : PlainNumber(percent, percent < 1 ? 3 : 1) + " %"});
  }
  return table.ToString(false);
}

}  // namespace tfld::ctl
