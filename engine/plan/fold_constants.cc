#include "engine/plan/fold_constants.h"

#include <algorithm>
#include <utility>

#include "engine/base/aligned_buffer.h"
#include "engine/base/str_cat.h"
#include "engine/graph/operation_count.h"
#include "engine/graph/printer.h"

namespace tfld::engine {
namespace {

Result<std::shared_ptr<std::byte>> Allocate(std::size_t bytes, std::size_t max_bytes) {
  AlignedBuffer buffer = bytes <= max_bytes ? AllocateZeroed(bytes) : nullptr;
  if (buffer == nullptr) {
    return ResourceExhausted(StrCat("needs ", bytes, " bytes at load; the limit of the arena is ", max_bytes));
  }
  return std::shared_ptr<std::byte>(std::move(buffer));
}

}  // namespace

std::optional<double> FoldingCost(const Graph& graph, int node_index, const Operator& definition,
                                  std::size_t max_bytes) {
  const Node& node = graph.nodes[static_cast<std::size_t>(node_index)];
  if (!definition.foldable || node.inputs.empty()) return std::nullopt;
  const auto is_constant = [&](ValueId id) { return id == kNoValue || graph.value(id).is_constant; };
  const auto is_small = [&](ValueId id) {
    return ElementBits(graph.value(id).type) > 0 && graph.value(id).byte_size() <= max_bytes;
  };
  const bool is_known = definition.shape_only || std::ranges::all_of(node.inputs, is_constant);
  if (!is_known || !std::ranges::all_of(node.outputs, is_small)) return std::nullopt;
  return CountOperations(graph, node);
}

Status Fold(Graph& graph, int node_index, const Operator& definition, std::size_t max_bytes, GraphCaller& caller,
            std::vector<std::shared_ptr<const void>>& storage, std::size_t& bytes) {
  PrepareContext context(graph, node_index, /*threads=*/1, &caller);
  TFLD_RETURN_IF_ERROR(definition.prepare(context));
  const std::unique_ptr<Kernel> kernel = context.TakeKernel();
  if (kernel == nullptr) return context.Unsupported("no portable kernel to fold it with");

  const Node& node = graph.nodes[static_cast<std::size_t>(node_index)];
  std::vector<void*> buffers;
  std::vector<std::int32_t> slots;
  const auto add = [&](void* buffer) {
    slots.push_back(static_cast<std::int32_t>(buffers.size()));
    buffers.push_back(buffer);
  };
  for (const ValueId id : node.inputs) {
    if (id == kNoValue) {
      slots.push_back(-1);
    } else {
      add(const_cast<std::byte*>(graph.value(id).data.data()));
    }
  }
  std::vector<std::shared_ptr<std::byte>> memory;  // of the outputs, then the scratch
  const auto allocate = [&](std::size_t size) -> Status {
    auto buffer = Allocate(size, max_bytes);
    if (!buffer.ok()) return buffer.status().WithContext(DescribeNode(graph, node_index));
    add(buffer->get());
    memory.push_back(*std::move(buffer));
    return {};
  };
  for (const ValueId id : node.outputs) TFLD_RETURN_IF_ERROR(allocate(graph.value(id).byte_size()));
  for (const std::size_t size : context.scratch()) TFLD_RETURN_IF_ERROR(allocate(size));

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
    value.data = {memory[i].get(), value.byte_size()};
    bytes += value.byte_size();
    storage.push_back(memory[i]);
  }
  return {};
}

}  // namespace tfld::engine
