// What a Session holds: the arena, the buffers of all slots, the kernels' states and the resource variables.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/base/aligned_buffer.h"
#include "engine/kernels/interruption.h"
#include "engine/kernels/session_services.h"
#include "engine/plan/plan.h"
#include "engine/plan/plan_builder.h"
#include "engine/runtime/executable_impl.h"
#include "tfld/engine.h"

namespace tfld::engine {

inline PlanOptions PlanOptionsOf(const ExecutableOptions& options) {
  return {options.backend, options.threads, options.limits.max_arena_bytes};
}

struct Session::Impl final : SessionServices, Interruption {
  // Takes a plan and allocates everything that running it needs; forgets all contents. On an error nothing changes.
  Status Adopt(std::shared_ptr<const Plan> next);

  Status RunGraph(int graph_index) override;
  void Take() override;  // Interruption's
  void Reset();

  ResourceVariable* FindResource(std::int32_t handle) override;
  HashTable* FindTable(std::int32_t handle) override;
  Status RunOnce(int graph_index) override;
  std::span<const std::int32_t> InputSlots(int graph_index) const override;
  std::span<const std::int32_t> OutputSlots(int graph_index) const override;
  const std::byte* SlotData(std::int32_t slot) const override;
  Status ResizeSlot(std::int32_t slot, const Shape& shape, std::size_t bytes) override;
  Status CopySlot(std::int32_t from, std::int32_t to) override;

  // The slot of a tensor of an entry point, and its value.
  const Value& value(int graph, ValueId id) const;
  std::int32_t slot(int graph, ValueId id) const;
  TensorView View(int graph, ValueId id) const;
  Status Bind(int graph, ValueId id, const void* memory);

  std::size_t SlotBytes(std::int32_t slot) const;  // that it holds now
  Status Empty(std::int32_t slot);

  // The memory of a dynamic slot.
  struct DynamicMemory {
    AlignedBuffer memory;
    std::size_t capacity = 0;
    std::size_t bytes = 0;
  };

  std::shared_ptr<const Executable> executable;
  std::shared_ptr<ThreadPool> pool;
  std::shared_ptr<const Plan> plan;
  std::vector<ShapeOverride> overrides;
  AlignedBuffer arena;
  std::vector<void*> buffers;  // one a slot, and so the next two
  std::vector<Shape> shapes;
  std::vector<DynamicMemory> dynamic;                             // empty when the plan has no dynamic slot
  std::size_t dynamic_bytes = 0;                                  // the capacities together
  std::vector<std::vector<std::unique_ptr<KernelState>>> states;  // one a step of each graph
  std::vector<ResourceVariable> resources;                        // and hash tables: a handle is of one or the other
  std::vector<HashTable> tables;
  std::vector<bool> has_run_once;  // by graph
  StepObserver* observer = nullptr;
  int observed_graph = 0;  // of the plan, while the observer is told of a step; what it is told is the program's
};

}  // namespace tfld::engine
