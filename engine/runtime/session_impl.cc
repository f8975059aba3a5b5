#include "engine/runtime/session_impl.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/base/str_cat.h"
#include "engine/graph/printer.h"

namespace tfld::engine {
namespace {

using States = std::vector<std::vector<std::unique_ptr<KernelState>>>;

Result<States> NewStates(const Plan& plan) {
  States states;
  for (const GraphPlan& graph : plan.graphs) {
    auto& of_graph = states.emplace_back();
    for (const Step& step : graph.steps) {
      auto state = step.kernel->NewState();
      if (!state.ok()) return state.status().WithContext(DescribeNode(graph.graph, step.node));
      of_graph.push_back(std::move(state).value());
    }
  }
  return states;
}

}  // namespace

Status Session::Impl::Adopt(std::shared_ptr<const Plan> next) {
  TFLD_ASSIGN_OR_RETURN(auto next_states, NewStates(*next));
  AlignedBuffer memory = AllocateZeroed(next->arena_bytes);
  if (memory == nullptr) return ResourceExhausted(StrCat("no memory for an arena of ", next->arena_bytes, " bytes"));
  arena = std::move(memory);
  plan = std::move(next);
  states = std::move(next_states);
  buffers.clear();
  shapes.clear();
  dynamic.clear();
  dynamic_bytes = 0;
  bool has_dynamic = false;
  for (const Slot& slot : plan->slots) {
    has_dynamic = has_dynamic || slot.is_dynamic;
    // Kernels do not write to their inputs, and no step has a constant as its output.
    buffers.push_back(slot.constant != nullptr ? const_cast<std::byte*>(slot.constant) : arena.get() + slot.offset);
    shapes.push_back(slot.shape);
  }
  if (has_dynamic) {
    dynamic.resize(plan->slots.size());
    for (std::size_t slot = 0; slot < plan->slots.size(); ++slot) {
      if (plan->slots[slot].is_dynamic) TFLD_RETURN_IF_ERROR(Empty(static_cast<std::int32_t>(slot)));
    }
  }
  resources.resize(static_cast<std::size_t>(executable->model().program().num_resources));
  tables.resize(resources.size());
  Reset();
  return {};
}

void Session::Impl::Reset() {
  for (const VariableInit& variable : plan->variables) {
    const std::size_t slot = static_cast<std::size_t>(variable.slot);
    const bool is_byte = ElementBits(variable.type) == 8;
    std::memset(buffers[slot], is_byte ? variable.zero_point : 0, plan->slots[slot].bytes);
  }
  for (ResourceVariable& resource : resources) resource.assigned = false;
  for (HashTable& table : tables) table = {};
  for (auto& of_graph : states) {
    for (auto& state : of_graph) {
      if (state != nullptr) state->Reset();
    }
  }
  has_run_once.assign(plan->graphs.size(), false);
}

void Session::Impl::Take() { observer->WithinStep(); }

Status Session::Impl::RunGraph(int graph_index) {
  const GraphPlan& graph = plan->graphs[static_cast<std::size_t>(graph_index)];
  const auto& graph_states = states[static_cast<std::size_t>(graph_index)];
  RunContext run;
  run.buffers = buffers.data();
  run.pool = pool.get();
  run.services = this;
  run.shapes = shapes.data();
  if (observer != nullptr && observer->Interrupts()) run.interruption = this;
  if (graph.steps.empty() && observer != nullptr && !observer->BeforeStep(graph.source, -1)) {
    return Cancelled("stopped before a graph without steps");
  }
  for (std::size_t i = 0; i < graph.steps.size(); ++i) {
    const Step& step = graph.steps[i];
    if (observer != nullptr && !observer->BeforeStep(graph.source, step.node)) {
      return Cancelled(StrCat("stopped before ", DescribeNode(graph.graph, step.node)));
    }
    run.slots = step.slots.data();
    run.num_inputs = step.num_inputs;
    run.num_outputs = step.num_outputs;
    run.state = graph_states[i].get();
    if (const Status status = step.kernel->Run(run); !status.ok()) {
      return status.WithContext(DescribeNode(graph.graph, step.node));
    }
    if (observer != nullptr) {
      observed_graph = graph_index;
      observer->AfterStep(graph.source, step.node, step.kernel->name());
    }
  }
  return {};
}

ResourceVariable* Session::Impl::FindResource(std::int32_t handle) {
  const bool known = handle >= 0 && static_cast<std::size_t>(handle) < resources.size();
  return known ? &resources[static_cast<std::size_t>(handle)] : nullptr;
}

HashTable* Session::Impl::FindTable(std::int32_t handle) {
  const bool known = handle >= 0 && static_cast<std::size_t>(handle) < tables.size();
  return known ? &tables[static_cast<std::size_t>(handle)] : nullptr;
}

Status Session::Impl::RunOnce(int graph_index) {
  const auto index = static_cast<std::size_t>(graph_index);
  if (has_run_once[index]) return {};
  TFLD_RETURN_IF_ERROR(RunGraph(graph_index));
  has_run_once[index] = true;
  return {};
}

const Value& Session::Impl::value(int graph, ValueId id) const {
  return plan->graphs[static_cast<std::size_t>(graph)].graph.value(id);
}

std::int32_t Session::Impl::slot(int graph, ValueId id) const {
  return plan->graphs[static_cast<std::size_t>(graph)].slot_of_value[static_cast<std::size_t>(id)];
}

TensorView Session::Impl::View(int graph, ValueId id) const {
  const Value& tensor = value(graph, id);
  const auto index = static_cast<std::size_t>(slot(graph, id));
  const bool is_open = plan->slots[index].is_dynamic;
  return {tensor.type,
          is_open ? shapes[index] : tensor.shape,
          {static_cast<std::byte*>(buffers[index]), SlotBytes(slot(graph, id))}};
}

Status Session::Impl::Bind(int graph, ValueId id, const void* memory) {
  if (reinterpret_cast<std::uintptr_t>(memory) % kBufferAlignment != 0) {
    return InvalidArgument(StrCat("the memory to bind is not aligned to ", kBufferAlignment, " bytes"));
  }
  const std::int32_t index = slot(graph, id);
  const Slot& place = plan->slots[static_cast<std::size_t>(index)];
  const Graph& owner = plan->graphs[static_cast<std::size_t>(graph)].graph;
  const auto is_here = [&](ValueId other) { return slot(graph, other) == index; };
  const auto users = std::ranges::count_if(owner.inputs, is_here) + std::ranges::count_if(owner.outputs, is_here);
  if (place.is_dynamic) {
    return FailedPrecondition(DescribeValue(owner, id) + " has a size that is known only after a run");
  }
  if (place.constant != nullptr || value(graph, id).is_variable || users > 1) {
    return FailedPrecondition(DescribeValue(owner, id) + " shares its memory with another tensor");
  }
  buffers[static_cast<std::size_t>(index)] = memory != nullptr ? const_cast<void*>(memory) : arena.get() + place.offset;
  return {};
}

}  // namespace tfld::engine
