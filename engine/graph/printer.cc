#include "engine/graph/printer.h"

#include "engine/base/str_cat.h"

namespace tfld::engine {
std::string DescribeValue(const Graph& graph, ValueId id) {
  if (id == kNoValue) return "no tensor";
  const Value& value = graph.value(id);
  return StrCat("tensor ", id, value.name.empty() ? "" : StrCat(" (", value.name, ")"), " ",
                ElementTypeName(value.type), " ", value.shape.ToString());
}

std::string DescribeNode(const Graph& graph, int node_index) {
  return StrCat("node ", node_index, " (", graph.nodes[static_cast<std::size_t>(node_index)].op_name(), ")");
}

}  // namespace tfld::engine
