// RequestStats: what was served since the daemon started, for each version of a model and for each client. The one
// count of requests: the protocol's statistics, the admin service and the metrics are all read from it.
//
// A version that is no longer loaded keeps its counts for a while and is then dropped; one that is loaded again in
// time goes on counting. Of clients (user ids) the first 64 are told apart.
//
// Thread rule: any thread. Counting takes no lock and allocates nothing, but for the first request of a loaded version,
// of a client or of a priority class.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/scheduler/client_table.h"
#include "daemon/scheduler/latency_histogram.h"
#include "daemon/scheduler/lazy_block.h"
#include "daemon/scheduler/request_observer.h"
#include "daemon/scheduler/version_counters.h"

namespace tfld::daemon {

// Requests of one client that came in one way.
struct ClientRequests {
  std::optional<std::uint32_t> uid;  // nothing: of all clients that have no count of their own
  std::string_view transport;        // one of kTransports
  CodeCounts requests{};
};

// Requests that ended with OK and ran `size` at a time. Times are those of each request, added up.
struct BatchStats {
  int size = 1;
  std::uint64_t requests = 0;
  std::uint64_t input_ns = 0, compute_ns = 0, output_ns = 0;

  // Of such a sum what the batches themselves are: each counted once.
  std::uint64_t PerBatch(std::uint64_t sum) const { return sum / static_cast<std::uint64_t>(size); }
};

struct VersionRequestStats {
  std::string model;  // empty: requests that named no model that serves
  std::uint64_t version = 0;
  CodeCounts requests{};
  std::vector<ClientRequests> clients;  // whose sum `requests` is
  std::int64_t last_ms = 0;             // of the last success, Unix time in milliseconds; 0 for none
  // Of requests that ended with OK.
  LatencySummary request;                     // from arrival to answer
  LatencySummary queue;                       // waiting for an executor
  LatencySummary compute;                     // in the model
  std::uint64_t input_ns = 0, output_ns = 0;  // copying tensors in and out
  std::uint64_t failed_ns = 0;                // all time of requests that failed
  std::vector<BatchStats> batches;            // ascending by size
  std::uint64_t executions = 0;               // runs of the model: a batch is one

  // The same as histograms; the first two by priority class.
  struct ClassCounts {
    HistogramCounts request, queue;
  };
  std::array<ClassCounts, kPriorityClasses> classes{};
  HistogramCounts input, compute_counts, output;
  std::int64_t last_ns = 0;  // as last_ms, on the monotonic clock

  void AddClient(std::optional<std::uint32_t> uid, std::string_view transport, const CodeCounts& counts);
  void AddBatch(const BatchStats& batch);
  HistogramCounts AllRequests() const;  // of all classes
  HistogramCounts AllQueued() const;
};

// Of one client, all models and versions together.
struct ClientStats {
  std::optional<std::uint32_t> uid;  // nothing: all clients that have no count of their own
  std::uint64_t succeeded = 0, failed = 0;
  HistogramCounts request;  // of those that succeeded, from arrival to answer
};

class RequestStats : public RequestObserver {
 public:
  static constexpr std::chrono::minutes kKeepUnloaded{15};

  // `clock` stands for the monotonic clock in tests.
  explicit RequestStats(std::function<SteadyTime()> clock = std::chrono::steady_clock::now);
  ~RequestStats() override;

  void OnRequest(const FinishedRequest& request) override;

  // Ordered by model and version. A `model` that is not empty selects.
  std::vector<VersionRequestStats> Snapshot(std::string_view model = {}) const;
  // Ordered by user id, the sum of the rest last.
  std::vector<ClientStats> Clients() const;

 private:
  struct Entry {
    VersionRequestStats gone;                            // of instances that were unloaded
    std::vector<std::shared_ptr<VersionCounters>> live;  // of those that are loaded
    std::unique_ptr<VersionCounters> loose;              // of requests that came without their instance
    std::optional<SteadyTime> unloaded_at;
  };
  struct ClientTotals {
    std::atomic<std::uint64_t> succeeded{0}, failed{0};
    LatencyHistogram request;
  };
  using Key = std::pair<std::string, std::uint64_t>;
  struct Less {
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      const int order = std::string_view(a.first).compare(std::string_view(b.first));
      return order != 0 ? order < 0 : a.second < b.second;
    }
  };

  VersionCounters& Find(const FinishedRequest& request);
  VersionCounters& Adopt(const FinishedRequest& request);
  Entry& EntryOf(std::string_view model, std::uint64_t version) const;  // with the lock held
  void Sweep() const;                                                   // likewise
  void Complete(VersionRequestStats& stats) const;

  const std::function<SteadyTime()> clock_;
  ClientTable clients_;
  std::array<LazyBlock<ClientTotals>, ClientTable::kSize> totals_;
  VersionCounters unknown_;  // of requests that named no model that serves

  mutable std::mutex mutex_;  // guards the names of the counters, never the counting
  mutable std::map<Key, Entry, Less> entries_;
};

}  // namespace tfld::daemon
