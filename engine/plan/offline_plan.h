// The memory plan that a model may bring along: where in the arena its tensors lie.
//
// Source: TensorFlow Lite Micro's documentation of the metadata "OfflineMemoryAllocation": a list of 32-bit integers,
// the format's version and the number of subgraphs (both not used), how many offsets follow, and the offsets of the
// tensors of all subgraphs one after the other, in bytes from the start of the arena; -1 for one that is placed at
// load.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace tfld::engine {

inline constexpr std::string_view kOfflinePlanName = "OfflineMemoryAllocation";
inline constexpr std::int32_t kNotPlanned = -1;
inline constexpr std::size_t kOfflinePlanAlignment = 16;  // as TensorFlow Lite Micro's buffers

struct OfflinePlan {
  std::vector<std::vector<std::int32_t>> offsets;  // by graph, one a value; empty when there is none, or it is broken
  std::string fault;                               // why what the model has is not used; empty when there is none

  // Of a graph of the program; empty without a plan.
  const std::vector<std::int32_t>& Of(int graph) const {
    static const std::vector<std::int32_t> kNone;
    return offsets.empty() ? kNone : offsets[static_cast<std::size_t>(graph)];
  }
};

OfflinePlan ReadOfflinePlan(const Program& program);

}  // namespace tfld::engine
