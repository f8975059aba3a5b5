// The one Kernel that runs every XNNPACK operator, and the recipe that says which operator it is.
#pragma once

#include <xnnpack.h>

#include <array>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/delegate/xnnpack/weight_cache.h"
#include "engine/kernels/op_context.h"

namespace tfld::engine::xnnpack {

// Where an operator reads and writes in this run.
struct Buffers {
  std::array<const void*, 2> inputs{};
  void* output = nullptr;
  void* workspace = nullptr;
  bool operator==(const Buffers&) const = default;
};

struct Workspace {
  std::size_t bytes = 0;
  std::size_t alignment = 1;
};

// One XNNPACK operator: how to make it, give it its shape, and point it at its buffers. The functions are called for
// every session anew; what they capture must live as long as the executable's constants do.
struct Stage {
  std::function<xnn_status(xnn_weights_cache_t, xnn_operator_t*)> create;
  std::function<xnn_status(xnn_operator_t, Workspace*, pthreadpool_t)> reshape;
  std::function<xnn_status(xnn_operator_t, const Buffers&)> setup;
};

inline constexpr int kNoInput = -1;

// A node as XNNPACK operators: the first reads the node's inputs, the next, if any, works in place on the output.
struct Recipe {
  std::string_view name;  // a literal
  std::vector<Stage> stages;
  std::array<int, 2> inputs = {0, kNoInput};  // the node's inputs that the first stage reads
  // Instead of an input: a copy of a constant with slack behind it, which XNNPACK's kernels may read and constants
  // lack.
  std::array<std::shared_ptr<const AlignedBuffer>, 2> constants;
  std::size_t constant_bytes = 0;
  std::shared_ptr<PackedWeights> weights;  // null when the operator packs none
};

// Makes a first operator to see whether XNNPACK takes it and how much workspace it needs, then emits the kernel.
// Declines when XNNPACK does.
Status EmitOperator(PrepareContext& context, Recipe recipe);

}  // namespace tfld::engine::xnnpack
