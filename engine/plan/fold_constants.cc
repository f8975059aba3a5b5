#include "engine/plan/fold_constants.h"

#include <algorithm>
#include <cstdlib>

#include "engine/base/aligned_buffer.h"
#include "engine/graph/operation_count.h"

namespace tfld::engine {
namespace {

std::shared_ptr<std::byte> AllocateBuffer(std::size_t bytes) {
  AlignedBuffer buffer = AllocateZeroed(bytes);
  if (buffer == nullptr) std::abort();
  return buffer;
}

}  // namespace

bool CanFold(const Graph& graph, int node_index, const Operator& definition, std::size_t max_bytes,
             double max_operations) {
  const Node& node = graph.nodes[static_cast<std::size_t>(node_index)];
  if (!definition.foldable || node.inputs.empty()) return false;
  const auto is_constant = [&](ValueId id) { return id == kNoValue || graph.value(id).is_constant; };
  const auto is_small = [&](ValueId id) {
    return ElementBits(graph.value(id).type) > 0 && graph.value(id).byte_size() <= max_bytes;
  };
  const bool is_known = definition.shape_only || std::ranges::all_of(node.inputs, is_constant);
  return is_known && std::ranges::all_of(node.outputs, is_small) && CountOperations(graph, node) <= max_operations;
}

Status Fold(Graph& graph, int node_index, const Operator& definition, GraphCaller& caller,
            std::vector<std::shared_ptr<const void>>& storage, std::size_t& bytes) {
  PrepareContext context(graph, node_index, /*threads=*/1, &caller);
  TFLD_RETURN_IF_ERROR(definition.prepare(context));
  const std::unique_ptr<Kernel> kernel = context.TakeKernel();
  if (kernel == nullptr) return context.Unsupported("no portable kernel to fold it with");

  const Node& node = graph.nodes[static_cast<std::size_t>(node_index)];
  std::vector<void*> buffers;
  std::vector<std::int32_t> slots;
  const auto add = [&](void* memory) {
    slots.push_back(static_cast<std::int32_t>(buffers.size()));
    buffers.push_back(memory);
  };
  for (const ValueId id : node.inputs) {
    if (id == kNoValue) {
      slots.push_back(-1);
    } else {
      add(const_cast<std::byte*>(graph.value(id).data.data()));
    }
  }
  std::vector<std::shared_ptr<std::byte>> outputs;
  for (const ValueId id : node.outputs) {
    outputs.push_back(AllocateBuffer(graph.value(id).byte_size()));
    add(outputs.back().get());
  }
  std::vector<std::shared_ptr<std::byte>> scratch;
  for (const std::size_t size : context.scratch()) {
    scratch.push_back(AllocateBuffer(size));
    add(scratch.back().get());
  }

  TFLD_ASSIGN_OR_RETURN(const auto state, kernel->NewState());
  RunContext run;
  run.buffers = buffers.data();
  run.slots = slots.data();
  run.num_inputs = static_cast<int>(node.inputs.size());
  run.num_outputs = static_cast<int>(node.outputs.size());
  run.state = state.get();
  if (const Status status = kernel->Run(run); !status.ok()) return context.Error(status.message());

  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    Value& value = graph.value(node.outputs[i]);
    value.is_constant = true;
    value.data = {outputs[i].get(), value.byte_size()};
    bytes += value.byte_size();
    storage.push_back(outputs[i]);
  }
  return {};
}

}  // namespace tfld::engine
