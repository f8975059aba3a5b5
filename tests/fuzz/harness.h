// What the fuzz targets do with a model: load, plan, run, compare, all under small limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "tfld/engine.h"

namespace tfld::test {

// Small enough that no kernel needs seconds, even with sanitizers.
inline constexpr engine::Limits kFuzzLimits{.max_arena_bytes = 128 << 10, .max_tensors = 512, .max_nodes = 128};

// Null when the bytes are no model.
std::shared_ptr<const engine::Model> LoadForFuzz(std::span<const std::byte> bytes);

// Null when the model cannot be executed.
std::shared_ptr<const engine::Executable> PlanForFuzz(const std::shared_ptr<const engine::Model>& model,
                                                      engine::Backend backend);

// Whether one run is at most a million operations, by the shapes that are known at load.
bool IsCheap(const engine::Executable& executable);

// Resizes the inputs of an entry point to shapes made from `seed`, or leaves them.
void ResizeForFuzz(engine::Session& session, const engine::Executable& executable, std::uint64_t seed);

// Fills all inputs from `seed` and runs every entry point twice with a reset between, with a limit on the steps, so
// that endless loops end. Returns the last status.
Status RunForFuzz(engine::Session& session, const engine::Executable& executable, std::uint64_t seed);

// Stops the process when a node makes 8-bit outputs that are more than a step away from the reference kernel's on the
// same inputs.
void CompareBackends(const std::shared_ptr<const engine::Model>& model, std::uint64_t seed);

}  // namespace tfld::test
