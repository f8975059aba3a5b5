#include "daemon/scheduler/request_stats.h"

#include <algorithm>

namespace tfld::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr auto kRelaxed = std::memory_order_relaxed;

std::int64_t UnixMilliseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<milliseconds>(now).count();
}

// What is in no larger batch ran alone.
BatchStats Singles(const VersionRequestStats& stats) {
  BatchStats single{1, stats.request.count, stats.input_ns, stats.compute.sum_ns, stats.output_ns};
  const auto take = [](std::uint64_t& from, std::uint64_t what) { from -= std::min(from, what); };
  for (const BatchStats& batch : stats.batches) {
    take(single.requests, batch.requests);
    take(single.input_ns, batch.input_ns);
    take(single.compute_ns, batch.compute_ns);
    take(single.output_ns, batch.output_ns);
  }
  return single;
}

}  // namespace

void VersionRequestStats::AddClient(std::optional<std::uint32_t> uid, std::string_view transport,
                                    const CodeCounts& counts) {
  if (std::ranges::all_of(counts, [](std::uint64_t count) { return count == 0; })) return;
  auto found = std::ranges::find_if(
      clients, [&](const ClientRequests& known) { return known.uid == uid && known.transport == transport; });
  if (found == clients.end()) found = clients.insert(clients.end(), {uid, transport, {}});
  for (std::size_t code = 0; code < kStatusCodes; ++code) {
    found->requests[code] += counts[code];
    requests[code] += counts[code];
  }
}

void VersionRequestStats::AddBatch(const BatchStats& batch) {
  auto found = std::ranges::lower_bound(batches, batch.size, {}, &BatchStats::size);
  if (found == batches.end() || found->size != batch.size) found = batches.insert(found, BatchStats{batch.size});
  found->requests += batch.requests;
  found->input_ns += batch.input_ns;
  found->compute_ns += batch.compute_ns;
  found->output_ns += batch.output_ns;
}

HistogramCounts VersionRequestStats::AllRequests() const {
  HistogramCounts all;
  for (const ClassCounts& of_class : classes) all += of_class.request;
  return all;
}

HistogramCounts VersionRequestStats::AllQueued() const {
  HistogramCounts all;
  for (const ClassCounts& of_class : classes) all += of_class.queue;
  return all;
}

RequestStats::RequestStats(std::function<SteadyTime()> clock) : clock_(std::move(clock)) {}
RequestStats::~RequestStats() = default;

void RequestStats::OnRequest(const FinishedRequest& request) {
  const std::size_t client = clients_.IndexOf(request.uid);
  Find(request).Count(request, client);
  ClientTotals& totals = totals_[client].Get();
  if (request.code == StatusCode::kOk) {
    totals.succeeded.fetch_add(1, kRelaxed);
    totals.request.Add(request.times.finished - request.received);
  } else {
    totals.failed.fetch_add(1, kRelaxed);
  }
}

VersionCounters& RequestStats::Find(const FinishedRequest& request) {
  if (request.model.empty()) return unknown_;
  if (request.instance && request.instance->counters()->owner() == this) return *request.instance->counters();
  return Adopt(request);
}

VersionCounters& RequestStats::Adopt(const FinishedRequest& request) {
  const std::lock_guard lock(mutex_);
  Sweep();
  Entry& entry = EntryOf(request.model, request.version);
  entry.unloaded_at.reset();
  if (!request.instance) {
    if (!entry.loose) entry.loose = std::make_unique<VersionCounters>();
    return *entry.loose;
  }
  const std::shared_ptr<VersionCounters>& counters = request.instance->counters();
  if (std::ranges::find(entry.live, counters) == entry.live.end()) entry.live.push_back(counters);
  counters->set_owner(this);
  return *counters;
}

RequestStats::Entry& RequestStats::EntryOf(std::string_view model, std::uint64_t version) const {
  const auto found = entries_.find(std::pair(model, version));
  return found != entries_.end() ? found->second : entries_[{std::string(model), version}];
}

// Counters that only this object holds are of an instance that is gone: they count no more.
void RequestStats::Sweep() const {
  const SteadyTime now = clock_();
  for (auto it = entries_.begin(); it != entries_.end();) {
    Entry& entry = it->second;
    std::erase_if(entry.live, [&](const std::shared_ptr<VersionCounters>& counters) {
      if (counters.use_count() > 1) return false;
      counters->AddTo(clients_, entry.gone);
      return true;
    });
    const bool unloaded = entry.live.empty() && !entry.loose;
    if (unloaded && !entry.unloaded_at) entry.unloaded_at = now;
    it = unloaded && now - *entry.unloaded_at > kKeepUnloaded ? entries_.erase(it) : std::next(it);
  }
}

void RequestStats::Complete(VersionRequestStats& stats) const {
  stats.request = stats.AllRequests().Summarize();
  stats.queue = stats.AllQueued().Summarize();
  stats.compute = stats.compute_counts.Summarize();
  stats.input_ns = stats.input.sum_ns;
  stats.output_ns = stats.output.sum_ns;
  if (const BatchStats single = Singles(stats); single.requests > 0) {
    stats.batches.insert(stats.batches.begin(), single);
  }
  for (const BatchStats& batch : stats.batches) {
    stats.executions += batch.requests / static_cast<std::uint64_t>(batch.size);
  }
  if (stats.last_ns == 0) return;
  const nanoseconds ago = clock_().time_since_epoch() - nanoseconds(stats.last_ns);
  stats.last_ms = UnixMilliseconds() - std::chrono::duration_cast<milliseconds>(ago).count();
}

std::vector<VersionRequestStats> RequestStats::Snapshot(std::string_view model) const {
  std::vector<VersionRequestStats> all;
  if (model.empty()) {
    unknown_.AddTo(clients_, all.emplace_back());
    if (all.back().clients.empty()) all.clear();
  }
  {
    const std::lock_guard lock(mutex_);
    Sweep();
    for (const auto& [key, entry] : entries_) {
      if (!model.empty() && key.first != model) continue;
      VersionRequestStats& stats = all.emplace_back(entry.gone);
      stats.model = key.first;
      stats.version = key.second;
      for (const auto& counters : entry.live) counters->AddTo(clients_, stats);
      if (entry.loose) entry.loose->AddTo(clients_, stats);
    }
  }
  for (VersionRequestStats& stats : all) Complete(stats);
  return all;
}

std::vector<ClientStats> RequestStats::Clients() const {
  std::vector<ClientStats> all;
  for (std::size_t client = 0; client < totals_.size(); ++client) {
    const ClientTotals* totals = totals_[client].Peek();
    if (!totals) continue;
    all.push_back({clients_.UidOf(client), totals->succeeded.load(kRelaxed), totals->failed.load(kRelaxed),
                   totals->request.Counts()});
  }
  std::ranges::sort(all, {}, [](const ClientStats& client) {
    return client.uid ? std::uint64_t{*client.uid} : std::uint64_t{1} << 32;
  });
  return all;
}

}  // namespace tfld::daemon
