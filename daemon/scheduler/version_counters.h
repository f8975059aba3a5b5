// VersionCounters: what is counted of the requests of one loaded version. It belongs to the ModelInstance, so that
// counting needs no look-up; RequestStats knows all of them and gives them names.
//
// Thread rule: any thread. Counting is relaxed atomic additions; it allocates only for the first request of a client,
// a priority class or a size of batch.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "daemon/scheduler/client_table.h"
#include "daemon/scheduler/latency_histogram.h"
#include "daemon/scheduler/lazy_block.h"
#include "daemon/scheduler/request_observer.h"

namespace tfld::daemon {

class RequestStats;
struct VersionRequestStats;

inline constexpr std::size_t kStatusCodes = 17;
inline constexpr std::array<std::string_view, 3> kTransports = {kGrpcTransport, kChannelTransport, "other"};

using CodeCounts = std::array<std::uint64_t, kStatusCodes>;  // by StatusCode

class VersionCounters {
 public:
  // `client` is the caller's number in the table of whoever counts.
  void Count(const FinishedRequest& request, std::size_t client);

  // Adds what was counted. The names of clients are of `clients`.
  void AddTo(const ClientTable& clients, VersionRequestStats& stats) const;

  // Whose counts these are; null until the first request. RequestStats alone sets it, under its lock.
  const RequestStats* owner() const { return owner_.load(std::memory_order_acquire); }
  void set_owner(const RequestStats* owner) { owner_.store(owner, std::memory_order_release); }

 private:
  struct ClientCounts {
    std::array<std::array<std::atomic<std::uint64_t>, kStatusCodes>, kTransports.size()> requests{};
  };
  struct ClassTimes {
    LatencyHistogram request, queue;
  };
  struct BatchTimes {
    std::atomic<std::uint64_t> requests{0}, input_ns{0}, compute_ns{0}, output_ns{0};
  };
  static constexpr std::size_t kMaxBatch = 64;  // larger ones count as this

  void CountTimes(const FinishedRequest& request);

  std::atomic<const RequestStats*> owner_ = nullptr;
  std::array<LazyBlock<ClientCounts>, ClientTable::kSize> clients_;
  std::array<LazyBlock<ClassTimes>, kPriorityClasses> classes_;
  std::array<LazyBlock<BatchTimes>, kMaxBatch + 1> batches_;  // by size; of size 1 is what is not in the others
  LatencyHistogram input_, compute_, output_;
  std::atomic<std::int64_t> last_ns_{0};  // of the last success, on the monotonic clock
  std::atomic<std::uint64_t> failed_ns_{0};
};

}  // namespace tfld::daemon
