// RequestStats: what was served since the daemon started, for each model and version. The numbers that clients and
// operators can ask for.
//
// Thread rule: any thread. Counting takes a shared lock for a look-up and allocates only for a version's first request.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "daemon/scheduler/latency_histogram.h"
#include "daemon/scheduler/request_observer.h"

namespace tfld::daemon {

inline constexpr std::size_t kStatusCodes = 17;

struct VersionRequestStats {
  std::string model;  // empty: requests that named no model that serves
  std::uint64_t version = 0;
  std::array<std::uint64_t, kStatusCodes> requests{};  // by StatusCode
  std::int64_t last_ms = 0;                            // of the last success, Unix time in milliseconds
  // Of requests that ended with OK.
  LatencySummary request;                     // from arrival to answer
  LatencySummary queue;                       // waiting for an executor
  LatencySummary compute;                     // in the model
  std::uint64_t input_ns = 0, output_ns = 0;  // copying tensors in and out
  std::uint64_t failed_ns = 0;                // all time of requests that failed
};

class RequestStats : public RequestObserver {
 public:
  RequestStats();
  ~RequestStats() override;

  void OnRequest(const FinishedRequest& request) override;

  // Ordered by model and version. A `model` that is not empty selects.
  std::vector<VersionRequestStats> Snapshot(std::string_view model = {}) const;

 private:
  struct Counters;
  struct Less {
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      const int order = std::string_view(a.first).compare(std::string_view(b.first));
      return order != 0 ? order < 0 : a.second < b.second;
    }
  };

  Counters& Find(std::string_view model, std::uint64_t version);

  mutable std::shared_mutex mutex_;
  std::map<std::pair<std::string, std::uint64_t>, std::unique_ptr<Counters>, Less> counters_;
};

}  // namespace tfld::daemon
