#include "engine/graph/printer.h"

#include "engine/base/str_cat.h"

namespace tfld::engine {
namespace {

std::string DescribeList(const Graph& graph, const std::vector<ValueId>& ids) {
  std::string out;
  for (const ValueId id : ids) {
    if (!out.empty()) out += ", ";
    out += id == kNoValue
               ? "none"
               : StrCat("%", id, ":", ElementTypeName(graph.value(id).type), graph.value(id).shape.ToString());
  }
  return out;
}

}  // namespace

std::string DescribeValue(const Graph& graph, ValueId id) {
  if (id == kNoValue) return "no tensor";
  const Value& value = graph.value(id);
  return StrCat("tensor ", id, value.name.empty() ? "" : StrCat(" (", value.name, ")"), " ",
                ElementTypeName(value.type), " ", value.shape.ToString());
}

std::string DescribeNode(const Graph& graph, int node_index) {
  return StrCat("node ", node_index, " (", graph.nodes[static_cast<std::size_t>(node_index)].op_name(), ")");
}

std::string PrintGraph(const Graph& graph) {
  std::string out =
      StrCat("graph ", graph.name.empty() ? "main" : graph.name, "(", DescribeList(graph, graph.inputs), ")\n");
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    out += StrCat("  ", i, ": ", DescribeList(graph, node.outputs), " = ", node.op_name(), ".v", node.version, "(",
                  DescribeList(graph, node.inputs), ")\n");
  }
  return out + StrCat("  return ", DescribeList(graph, graph.outputs), "\n");
}

}  // namespace tfld::engine
