#include "engine/plan/expand_sparse.h"

#include "engine/base/aligned_buffer.h"
#include "engine/base/str_cat.h"
#include "engine/graph/printer.h"

namespace tfld::engine {
namespace {

std::vector<ValueId> ReadValues(const Graph& graph) {
  std::vector<ValueId> ids = graph.outputs;
  for (const Node& node : graph.nodes) {
    if (node.is_removed || node.op == OpCode::kDensify) continue;
    ids.insert(ids.end(), node.inputs.begin(), node.inputs.end());
  }
  return ids;
}

}  // namespace

Status ExpandSparseConstants(Graph& graph, std::size_t max_bytes, std::vector<std::shared_ptr<const void>>& storage,
                             std::size_t& bytes) {
  for (const ValueId id : ReadValues(graph)) {
    if (id == kNoValue || graph.value(id).sparsity == nullptr) continue;
    Value& value = graph.value(id);
    const std::size_t size = value.byte_size();
    if (size > max_bytes - bytes) {
      return ResourceExhausted(StrCat(DescribeValue(graph, id), " needs ", size, " bytes when it is made dense; ",
                                      max_bytes - bytes, " are left"));
    }
    const std::shared_ptr<std::byte> dense = AllocateZeroed(size);
    if (dense == nullptr) return ResourceExhausted(StrCat("no memory for ", size, " bytes"));
    ExpandSparse(*value.sparsity, static_cast<std::size_t>(ElementBits(value.type)) / 8, value.data.data(), dense.get(),
                 value.shape.NumElements());
    value.data = {dense.get(), size};
    value.sparsity = nullptr;
    storage.push_back(dense);
    bytes += size;
  }
  return {};
}

}  // namespace tfld::engine
