// What the daemon tells Prometheus. Every name starts with tfld_, but for the process's own, which are named as
// everywhere; units are seconds and bytes.
//
// Requests are not counted here: the families are made of RequestStats at the time of a scrape, and gauges of a
// snapshot, so that nothing has to be kept in step. Cardinality is bounded: a request that names no model that serves
// counts under model "", a version is dropped a while after it was unloaded, and of clients only the first 64 have a
// label of their own.
//
// Thread rule: any thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "daemon/scheduler/job.h"
#include "daemon/telemetry/user_names.h"

namespace tfld::daemon {

class RequestStats;

// Of the socket of one transport, or the admin socket.
struct ConnectionCounts {
  std::string_view transport;  // "grpc", "channel", "admin"
  std::uint64_t open = 0;
  std::uint64_t refused = 0;  // since the start, because there were too many
};

// The state of things at the time of a scrape.
struct MetricsSnapshot {
  struct Model {
    std::string name;
    std::uint64_t active_version = 0;  // 0: none
    std::uint64_t weight_bytes = 0, packed_bytes = 0, arena_bytes = 0;
    std::vector<std::pair<std::string_view, int>> versions_by_state;
  };
  std::vector<Model> models;
  std::array<std::uint64_t, kPriorityClasses> queued{};  // requests that wait, by PriorityClass
  int executors = 0;
  int executors_busy = 0;
  std::uint64_t preemptions = 0;
  std::vector<std::pair<std::string_view, std::uint64_t>> refused;  // by the scheduler, by reason
  std::vector<ConnectionCounts> connections;
};

enum class MetricsFormat : std::uint8_t {
  kPrometheus,   // the text format, version 0.0.4
  kOpenMetrics,  // version 1.0.0
};

class Metrics {
 public:
  // `stats` outlives the metrics. `names` turns user ids into the names of clients.
  explicit Metrics(const RequestStats& stats, UserNames::Lookup names = UserNames::FromSystem);

  // `action` as in the history: "deploy", "activate", "rollback", "label", "unlabel", "remove", "load", "unload",
  // "resume". `model` is empty for a name that no model can have.
  void CountChange(std::string_view model, std::string_view action, bool ok);

  std::string Render(const MetricsSnapshot& snapshot, MetricsFormat format) const;

 private:
  using Change = std::tuple<std::string, std::string, bool>;  // model, action, ok

  const RequestStats& stats_;
  mutable UserNames names_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<Change, std::uint64_t> changes_;
};

}  // namespace tfld::daemon
