#include "engine/plan/size_limit.h"

#include <algorithm>

#include "engine/base/str_cat.h"
#include "engine/graph/printer.h"

namespace tfld::engine {

Status CheckSize(const Graph& graph, ValueId id, std::size_t max_bytes) {
  const std::size_t bytes = graph.value(id).byte_size();
  if (bytes > max_bytes) {
    return ResourceExhausted(
        StrCat(DescribeValue(graph, id), " needs ", bytes, " bytes; the limit of the arena is ", max_bytes));
  }
  return CheckEmpty(graph, id, max_bytes);
}

Status CheckEmpty(const Graph& graph, ValueId id, std::size_t max_bytes) {
  const Shape& shape = graph.value(id).shape;
  if (shape.NumElements() > 0) return {};
  std::int64_t steps = 1;  // does not overflow: Shape holds this product to kMaxElements
  for (const std::int32_t size : shape.dims()) steps *= std::max(size, 1);
  if (static_cast<std::size_t>(steps) <= max_bytes) return {};
  return ResourceExhausted(StrCat(DescribeValue(graph, id), " is empty, and its other axes are of ", steps,
                                  " steps; the limit is ", max_bytes, ", as for bytes in the arena"));
}

}  // namespace tfld::engine
