// Gives every value and scratch buffer of a prepared graph its slot, and lays the slots out in the arena.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/status.h"
#include "engine/graph/graph.h"
#include "engine/plan/graph_planner.h"
#include "engine/plan/plan.h"

namespace tfld::engine {

// Appends to `plan` the graph with its steps and slots; its buffers follow those of the graphs before it in the arena.
// `kept` are values that must keep their memory for the whole run beside the graph's inputs and outputs.
// `places` are the offsets of the model's memory plan, one a value or none at all; a plan that does not fit is not
// used, and `plan` says why. RESOURCE_EXHAUSTED when the arena would be larger than `max_arena_bytes`.
Status AddGraph(PreparedGraph prepared, const std::vector<ValueId>& kept, std::span<const std::int32_t> places,
                std::size_t max_arena_bytes, Plan& plan);

}  // namespace tfld::engine
