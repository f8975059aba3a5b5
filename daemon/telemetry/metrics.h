// What the daemon tells Prometheus. Every name starts with tfld_; units are seconds and bytes.
//
// Cardinality is bounded: a request that names no model that serves counts under model "", and of clients (user ids)
// only the first 64 have a label of their own.
//
// Thread rule: any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/scheduler/request_observer.h"

namespace tfld::daemon {

// The state of things at the time of a scrape.
struct MetricsSnapshot {
  struct Model {
    std::string name;
    std::uint64_t active_version = 0;  // 0: none
    std::uint64_t weight_bytes = 0, packed_bytes = 0, arena_bytes = 0;
    std::vector<std::pair<std::string_view, int>> versions_by_state;
  };
  std::vector<Model> models;
  std::size_t queue_depth = 0;
  int executors = 0;
  int executors_busy = 0;
};

class Metrics final : public RequestObserver {
 public:
  Metrics();
  ~Metrics() override;

  void OnRequest(const FinishedRequest& request) override;
  // `action` as in the history: "deploy", "activate", "rollback", "remove", "resume".
  void CountChange(std::string_view model, std::string_view action, bool ok);

  // The Prometheus text format, version 0.0.4.
  std::string Render(const MetricsSnapshot& snapshot) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tfld::daemon
