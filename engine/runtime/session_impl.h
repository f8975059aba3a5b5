// What a Session holds: the arena, the buffers of all slots, the kernels' states and the resource variables.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/kernels/session_services.h"
#include "engine/plan/plan.h"
#include "engine/plan/plan_builder.h"
#include "engine/runtime/executable_impl.h"
#include "tfld/engine.h"

namespace tfld::engine {

inline PlanOptions PlanOptionsOf(const ExecutableOptions& options) {
  return {options.backend, options.threads, options.limits.max_arena_bytes};
}

struct Session::Impl final : SessionServices {
  // Takes a plan and allocates everything that running it needs; forgets all contents. On an error nothing changes.
  Status Adopt(std::shared_ptr<const Plan> next);

  Status RunGraph(int graph_index);
  void Reset();

  ResourceVariable* FindResource(std::int32_t handle) override;
  Status RunOnce(int graph_index) override;

  // The slot of a tensor of an entry point, and its value.
  const Value& value(int graph, ValueId id) const;
  std::int32_t slot(int graph, ValueId id) const;
  TensorView View(int graph, ValueId id) const;
  Status Bind(int graph, ValueId id, const void* memory);

  struct FreeMemory {
    void operator()(std::byte* memory) const;
  };

  std::shared_ptr<const Executable> executable;
  std::shared_ptr<ThreadPool> pool;
  std::shared_ptr<const Plan> plan;
  std::vector<ShapeOverride> overrides;
  std::unique_ptr<std::byte[], FreeMemory> arena;
  std::vector<void*> buffers;                                     // one a slot
  std::vector<std::vector<std::unique_ptr<KernelState>>> states;  // one a step of each graph
  std::vector<ResourceVariable> resources;
  std::vector<bool> has_run_once;  // by graph
  StepObserver* observer = nullptr;
};

}  // namespace tfld::engine
