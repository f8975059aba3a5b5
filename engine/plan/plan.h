// Plan: everything that was decided about a program at load. Immutable, shared by all sessions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/graph/graph.h"
#include "engine/kernels/kernel.h"

namespace tfld::engine {

// A buffer of a session: constant bytes, or a place in the session's arena. Values that share memory share a slot.
struct Slot {
  const std::byte* constant = nullptr;  // null for a place in the arena
  std::size_t offset = 0;               // in the arena
  std::size_t bytes = 0;
  Shape shape{};
  ElementType type = ElementType::kFloat32;
  bool is_dynamic = false;  // memory of its own, which the session gives it when the size is known
};

// One kernel to run, with the slots of its node's inputs and outputs and of its scratch buffers.
struct Step {
  int node = 0;
  std::unique_ptr<Kernel> kernel{};
  std::vector<std::int32_t> slots{};  // inputs, outputs, scratch; -1 for an absent tensor
  int num_inputs = 0;
  int num_outputs = 0;
};

struct GraphPlan {
  int source = 0;  // the graph of the program that this is a plan for
  Graph graph;     // with the shapes that were computed
  std::vector<Step> steps;
  std::vector<std::int32_t> slot_of_value;  // -1 for a value without memory
  std::vector<std::int32_t> input_slots;    // of the graph's inputs and outputs
  std::vector<std::int32_t> output_slots;
};

// A variable tensor's bytes: filled with its zero point when a session starts and when it is reset.
struct VariableInit {
  std::int32_t slot = 0;
  ElementType type = ElementType::kFloat32;
  std::int32_t zero_point = 0;
};

struct Plan {
  std::vector<std::shared_ptr<const void>> storage;  // of folded constants; first, so that it outlives the kernels
  std::vector<GraphPlan> graphs;                     // one a graph of the program, then one a call of a graph
  std::vector<Slot> slots;
  std::vector<VariableInit> variables;
  std::size_t arena_bytes = 0;
  std::size_t max_dynamic_bytes = 0;  // of all dynamic tensors of a session together
  std::size_t weight_bytes = 0;       // constants of the file that the plan refers to
  std::size_t packed_bytes = 0;       // what kernels hold, and constants that were folded
  std::size_t offline_buffers = 0;    // that lie where the model's own memory plan wants them
  std::string offline_fault;          // why the model's memory plan is not used; empty when it is, or there is none
};

}  // namespace tfld::engine
