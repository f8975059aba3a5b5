#include "daemon/scheduler/request_stats.h"

#include <chrono>
#include <mutex>

namespace tfld::daemon {
namespace {

using std::chrono::nanoseconds;

std::uint64_t Nanoseconds(SteadyTime from, SteadyTime to) {
  return to > from ? static_cast<std::uint64_t>(nanoseconds(to - from).count()) : 0;
}

std::int64_t UnixMilliseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

struct RequestStats::Counters {
  std::array<std::atomic<std::uint64_t>, kStatusCodes> requests{};
  std::atomic<std::int64_t> last_ms{0};
  LatencyHistogram request, queue, compute;
  std::atomic<std::uint64_t> input_ns{0}, output_ns{0}, failed_ns{0};
};

RequestStats::RequestStats() = default;
RequestStats::~RequestStats() = default;

RequestStats::Counters& RequestStats::Find(std::string_view model, std::uint64_t version) {
  const std::pair key(model, version);
  {
    std::shared_lock lock(mutex_);
    if (const auto it = counters_.find(key); it != counters_.end()) return *it->second;
  }
  std::unique_lock lock(mutex_);
  std::unique_ptr<Counters>& counters = counters_[{std::string(model), version}];
  if (!counters) counters = std::make_unique<Counters>();
  return *counters;
}

void RequestStats::OnRequest(const FinishedRequest& request) {
  Counters& counters = Find(request.model, request.version);
  const JobTimes& times = request.times;
  counters.requests[static_cast<std::size_t>(request.code)].fetch_add(1, std::memory_order_relaxed);
  if (request.code != StatusCode::kOk) {
    counters.failed_ns.fetch_add(Nanoseconds(request.received, times.finished), std::memory_order_relaxed);
    return;
  }
  counters.last_ms.store(UnixMilliseconds(), std::memory_order_relaxed);
  counters.request.Add(times.finished - request.received);
  counters.queue.Add(times.started - times.queued);
  counters.compute.Add(times.infer_done - times.input_done);
  counters.input_ns.fetch_add(Nanoseconds(times.started, times.input_done), std::memory_order_relaxed);
  counters.output_ns.fetch_add(Nanoseconds(times.infer_done, times.finished), std::memory_order_relaxed);
}

std::vector<VersionRequestStats> RequestStats::Snapshot(std::string_view model) const {
  std::vector<VersionRequestStats> all;
  std::shared_lock lock(mutex_);
  for (const auto& [key, counters] : counters_) {
    if (!model.empty() && key.first != model) continue;
    VersionRequestStats& stats = all.emplace_back();
    stats.model = key.first;
    stats.version = key.second;
    for (std::size_t i = 0; i < kStatusCodes; ++i) {
      stats.requests[i] = counters->requests[i].load(std::memory_order_relaxed);
    }
    stats.last_ms = counters->last_ms.load(std::memory_order_relaxed);
    stats.request = counters->request.Summarize();
    stats.queue = counters->queue.Summarize();
    stats.compute = counters->compute.Summarize();
    stats.input_ns = counters->input_ns.load(std::memory_order_relaxed);
    stats.output_ns = counters->output_ns.load(std::memory_order_relaxed);
    stats.failed_ns = counters->failed_ns.load(std::memory_order_relaxed);
  }
  return all;
}

}  // namespace tfld::daemon
