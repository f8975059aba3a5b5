#include "engine/tools/bench_model.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <span>
#include <vector>

#include "engine/golden/random_input.h"
#include "engine/tools/allocation_counter.h"

namespace tfld::engine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxRuns = 4'000'000;

double MicrosecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

std::size_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

Result<double> TimeRun(Session& session) {
  const Clock::time_point start = Clock::now();
  TFLD_RETURN_IF_ERROR(session.Run());
  return MicrosecondsSince(start);
}

// Runs for `seconds`; `times` has its memory already, so that the loop itself allocates nothing.
Status RunFor(Session& session, double seconds, std::vector<double>& times) {
  const Clock::time_point start = Clock::now();
  while (times.size() < times.capacity()) {
    TFLD_ASSIGN_OR_RETURN(const double microseconds, TimeRun(session));
    times.push_back(microseconds);
    if (MicrosecondsSince(start) >= seconds * 1e6) break;
  }
  return {};
}

double Percentile(std::span<const double> sorted, double fraction) {
  return sorted[static_cast<std::size_t>(fraction * static_cast<double>(sorted.size() - 1) + 0.5)];
}

Status MeasureSteady(Session& session, const BenchOptions& options, BenchResult& result) {
  TFLD_ASSIGN_OR_RETURN(result.first_us, TimeRun(session));
  std::vector<double> times;
  times.reserve(1);
  TFLD_RETURN_IF_ERROR(RunFor(session, 0.0, times));
  const double expected = options.seconds * 4e6 / std::max(times[0], 0.1) + 16.0;
  times.reserve(static_cast<std::size_t>(std::min(expected, static_cast<double>(kMaxRuns))));
  TFLD_RETURN_IF_ERROR(RunFor(session, options.seconds / 5.0, times));
  times.clear();
  const std::uint64_t allocations = AllocationCount();
  TFLD_RETURN_IF_ERROR(RunFor(session, options.seconds, times));
  result.runs = times.size();
  result.allocations = static_cast<double>(AllocationCount() - allocations) / static_cast<double>(times.size());
  std::ranges::sort(times);
  result.min_us = times[0];
  result.p50_us = Percentile(times, 0.50);
  result.p99_us = Percentile(times, 0.99);
  return {};
}

}  // namespace

Result<BenchResult> BenchModel(const std::string& path, const BenchOptions& options) {
  BenchResult result;
  const std::size_t resident = ResidentBytes();
  const Clock::time_point start = Clock::now();
  TFLD_ASSIGN_OR_RETURN(const LoadedModel loaded, LoadModel(path, options.engine));
  result.load_ms = MicrosecondsSince(start) / 1000.0;
  for (int i = 0; i < static_cast<int>(loaded.executable->inputs().size()); ++i) {
    FillRandom(loaded.session->Input(i), options.seed + static_cast<std::uint64_t>(i));
  }
  TFLD_RETURN_IF_ERROR(MeasureSteady(*loaded.session, options, result));
  result.memory = loaded.executable->memory();
  result.resident_bytes = ResidentBytes() - std::min(resident, ResidentBytes());
  return result;
}

}  // namespace tfld::engine
