// Delegate: a provider of kernels beside the portable ones, such as XNNPACK.
//
// For each node, in order of the backend's chain, the planner asks each delegate and then the portable kernel. So a
// delegate takes what it does well and nothing else, and its kernels stand in one plan and one arena with ours.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "engine/delegate/backend.h"
#include "engine/kernels/op_context.h"

namespace tfld::engine {

// One a loaded executable; what its kernels share (packed weights) may live in it or outlive it.
// Thread rule: Prepare is called from one thread at a time.
class Delegate {
 public:
  virtual ~Delegate() = default;
  virtual std::string_view name() const = 0;

  // Emits a kernel for the node, or declines by returning OK without emitting. The shapes of all inputs and outputs
  // have been computed and checked by the operator's shape rule. An error means that the node is wrong, not that it is
  // of a kind that this delegate does not take.
  virtual Status Prepare(PrepareContext& context) = 0;
};

// The explicit list: which delegates a backend asks, first to last. Made anew for each executable.
std::vector<std::unique_ptr<Delegate>> DelegatesFor(Backend backend);

}  // namespace tfld::engine
