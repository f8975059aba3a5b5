#include <sstream>

#include "engine/base/str_cat.h"
#include "engine/tools/graph_drawing.h"
#include "engine/tools/table.h"

namespace tfld::engine {
namespace {

std::string Typed(const Graph& graph, ValueId id) {
  const Value& value = graph.value(id);
  return StrCat("%", id, ": ", ElementTypeName(value.type), " ", value.shape.ToString());
}

std::string OutputsText(const Graph& graph, const Node& node) {
  std::string text;
  for (const ValueId id : node.outputs) {
    text += StrCat(text.empty() ? "" : ", ", id == kNoValue ? "none" : Typed(graph, id));
  }
  return text;
}

// What has its type in another line stands as its number alone.
std::string InputsText(const Graph& graph, const Node& node) {
  std::string text;
  for (const ValueId id : node.inputs) {
    text += text.empty() ? "" : ", ";
    if (id == kNoValue) {
      text += "none";
    } else if (graph.value(id).is_constant) {
      text += "constant " + Typed(graph, id);
    } else {
      text += StrCat(graph.value(id).is_variable ? "variable " : "", "%", id);
    }
  }
  return text;
}

std::string FateText(const NodeReport& report) {
  return report.unsupported ? "UNSUPPORTED" : report.kernel.empty() ? "?" : report.kernel;
}

std::string CallsText(const Node& node) {
  std::string text;
  for (const CalledGraph& call : CalledGraphs(node)) text += StrCat(", ", call.role, " graph ", call.graph);
  return text;
}

void AddEnds(const Graph& graph, const std::vector<ValueId>& ids, std::string_view title, Table& table) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] == kNoValue) continue;
    const std::string& name = graph.value(ids[i]).name;
    table.AddRow({StrCat(title, " ", i), name, Typed(graph, ids[i])});
  }
}

}  // namespace

std::string DrawText(const Inspection& inspection) {
  std::ostringstream out;
  std::size_t next = 0;  // reports are in the order of graphs and nodes
  for (std::size_t g = 0; g < inspection.graphs.size(); ++g) {
    const Graph& graph = *inspection.graphs[g];
    out << "graph " << g << (graph.name.empty() ? "" : " (" + Printable(graph.name) + ")") << '\n';
    Table table({"", "", "makes", "from", "runs as"});
    AddEnds(graph, graph.inputs, "input", table);
    for (std::size_t n = 0; n < graph.nodes.size(); ++n, ++next) {
      const Node& node = graph.nodes[n];
      table.AddRow({StrCat("node ", n), StrCat(node.op_name(), " v", node.version), OutputsText(graph, node),
                    InputsText(graph, node) + CallsText(inspection.program->graphs[g].nodes[n]),
                    FateText(inspection.nodes[next])});
    }
    AddEnds(graph, graph.outputs, "output", table);
    table.Print(out, "  ");
  }
  return out.str();
}

}  // namespace tfld::engine
