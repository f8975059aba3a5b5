#include "daemon/scheduler/version_counters.h"

#include <algorithm>

#include "daemon/scheduler/request_stats.h"

namespace tfld::daemon {
namespace {

using std::chrono::nanoseconds;

constexpr auto kRelaxed = std::memory_order_relaxed;

std::uint64_t Nanoseconds(SteadyTime from, SteadyTime to) {
  return to > from ? static_cast<std::uint64_t>(nanoseconds(to - from).count()) : 0;
}

std::size_t TransportIndex(std::string_view transport) {
  for (std::size_t i = 0; i + 1 < kTransports.size(); ++i) {
    if (transport == kTransports[i]) return i;
  }
  return kTransports.size() - 1;
}

}  // namespace

void VersionCounters::Count(const FinishedRequest& request, std::size_t client) {
  const auto code = static_cast<std::size_t>(request.code);
  clients_[client].Get().requests[TransportIndex(request.transport)][code].fetch_add(1, kRelaxed);
  if (request.code == StatusCode::kOk) {
    CountTimes(request);
  } else {
    failed_ns_.fetch_add(Nanoseconds(request.received, request.times.finished), kRelaxed);
  }
}

void VersionCounters::CountTimes(const FinishedRequest& request) {
  const JobTimes& times = request.times;
  ClassTimes& of_class = classes_[static_cast<std::size_t>(request.priority)].Get();
  of_class.request.Add(times.finished - request.received);
  of_class.queue.Add(times.started - times.queued);
  input_.Add(times.input_done - times.started);
  compute_.Add(times.infer_done - times.input_done);
  output_.Add(times.finished - times.infer_done);
  last_ns_.store(nanoseconds(times.finished.time_since_epoch()).count(), kRelaxed);
  if (times.batch_size <= 1) return;
  BatchTimes& batch = batches_[std::min(static_cast<std::size_t>(times.batch_size), kMaxBatch)].Get();
  batch.requests.fetch_add(1, kRelaxed);
  batch.input_ns.fetch_add(Nanoseconds(times.started, times.input_done), kRelaxed);
  batch.compute_ns.fetch_add(Nanoseconds(times.input_done, times.infer_done), kRelaxed);
  batch.output_ns.fetch_add(Nanoseconds(times.infer_done, times.finished), kRelaxed);
}

void VersionCounters::AddTo(const ClientTable& clients, VersionRequestStats& stats) const {
  for (std::size_t client = 0; client < clients_.size(); ++client) {
    const ClientCounts* counts = clients_[client].Peek();
    if (!counts) continue;
    for (std::size_t transport = 0; transport < kTransports.size(); ++transport) {
      CodeCounts codes{};
      for (std::size_t code = 0; code < kStatusCodes; ++code) {
        codes[code] = counts->requests[transport][code].load(kRelaxed);
      }
      stats.AddClient(clients.UidOf(client), kTransports[transport], codes);
    }
  }
  for (std::size_t i = 0; i < kPriorityClasses; ++i) {
    if (const ClassTimes* times = classes_[i].Peek()) {
      stats.classes[i].request += times->request.Counts();
      stats.classes[i].queue += times->queue.Counts();
    }
  }
  stats.input += input_.Counts();
  stats.compute_counts += compute_.Counts();
  stats.output += output_.Counts();
  stats.last_ns = std::max(stats.last_ns, last_ns_.load(kRelaxed));
  stats.failed_ns += failed_ns_.load(kRelaxed);
  for (std::size_t size = 2; size <= kMaxBatch; ++size) {
    const BatchTimes* times = batches_[size].Peek();
    if (!times) continue;
    stats.AddBatch({static_cast<int>(size), times->requests.load(kRelaxed), times->input_ns.load(kRelaxed),
                    times->compute_ns.load(kRelaxed), times->output_ns.load(kRelaxed)});
  }
}

}  // namespace tfld::daemon
