// What `top` shows: the difference of two looks at the daemon's statistics.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "client/ctl/table.h"
#include "tfld/v1/admin.pb.h"

namespace tfld::ctl {

// Of one version of a model, or of one client, between the two looks.
struct TopRow {
  std::string name;
  std::uint64_t version = 0;  // of a model
  bool active = false;        // likewise
  double requests_a_second = 0;
  double errors_a_second = 0;
  double p50_us = 0, p99_us = 0;  // from arrival to answer; 0 when nothing was answered
  double queue_p99_us = 0;        // of a model: waiting for an executor
  double compute_share = 0;       // of a model: how many executors it kept busy, on average
  std::uint64_t memory_bytes = 0;
  std::uint64_t requests_total = 0;
};

struct TopView {
  v1::DaemonStats daemon;  // of the second look
  double seconds = 0;      // between the two
  double cpus = 0;         // processors that the daemon kept busy meanwhile
  std::vector<TopRow> models, clients;
};

// A version or a client that was not there before has all of its counts since then.
TopView Compare(const v1::GetStatsResponse& before, const v1::GetStatsResponse& now);

std::string TopText(const TopView& view, bool colors);
nlohmann::ordered_json ToJson(const TopView& view);

}  // namespace tfld::ctl
