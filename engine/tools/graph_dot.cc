#include <array>
#include <map>
#include <set>

#include "engine/base/str_cat.h"
#include "engine/tools/graph_drawing.h"
#include "engine/tools/table.h"

namespace tfld::engine {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kColors = {{
    {"reference", "#d9e2ef"},
    {"cpu", "#c8e6c9"},
    {"xnnpack", "#ffd9a8"},
    {"opencl", "#e1d0f0"},
    {"folded", "#f5f5f5"},
    {"removed", "#ffffff"},
    {"unsupported", "#ff9a9a"},
    {"not reached", "#eeeeee"},
}};
constexpr std::string_view kOtherColor = "#fff3b0";

std::string_view ColorOf(std::string_view provider) {
  for (const auto& [name, color] : kColors) {
    if (name == provider) return color;
  }
  return kOtherColor;
}

// "xnnpack" of "xnnpack.conv2d_qs8".
std::string ProviderOf(const NodeReport& report) {
  if (report.unsupported) return "unsupported";
  return report.kernel.empty() ? "not reached" : report.kernel.substr(0, report.kernel.find('.'));
}

// Inside of double quotes; lines end with the escape that centers them.
std::string Quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '\n') {
      result += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') result += '\\';
    result += Printable({&c, 1});
  }
  return result + '"';
}

std::string TypeAndShape(const Value& value) {
  return StrCat(ElementTypeName(value.type), " ", value.shape.ToString());
}

class DotDrawing {
 public:
  explicit DotDrawing(const Inspection& inspection) : inspection_(inspection) {}

  std::string Draw(std::string_view title) {
    out_ = "digraph model {\n";
    out_ += StrCat("  label=", Quoted(title), "; labelloc=t; fontname=\"sans-serif\"; compound=true;\n");
    out_ += "  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\", fontsize=10];\n";
    out_ += "  edge [fontname=\"sans-serif\", fontsize=8];\n";
    for (std::size_t g = 0; g < inspection_.graphs.size(); ++g) DrawGraph(static_cast<int>(g));
    DrawCalls();
    DrawLegend();
    return out_ + "}\n";
  }

 private:
  void DrawGraph(int index) {
    const Graph& graph = *inspection_.graphs[static_cast<std::size_t>(index)];
    producers_.clear();
    out_ += StrCat("  subgraph cluster_", index, " {\n");
    out_ += StrCat("    label=", Quoted(graph.name.empty() ? StrCat("graph ", index) : graph.name), ";\n");
    // A point that edges from other graphs can end at, also when this one is empty.
    out_ += StrCat("    ", Anchor(index), " [shape=point, style=invis];\n");
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
      DrawEnd(graph, StrCat("g", index, "_in", i), graph.inputs[i]);
      producers_[graph.inputs[i]] = StrCat("g", index, "_in", i);
    }
    DrawVariables(index, graph);
    for (std::size_t n = 0; n < graph.nodes.size(); ++n, ++next_report_) {
      DrawNode(index, graph, graph.nodes[n], inspection_.nodes[next_report_]);
    }
    for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
      const std::string name = StrCat("g", index, "_out", i);
      DrawEnd(graph, name, graph.outputs[i]);
      DrawEdge(graph, graph.outputs[i], name);
    }
    out_ += "  }\n";
  }

  static std::string Anchor(int graph) { return StrCat("g", graph); }

  void DrawEnd(const Graph& graph, const std::string& name, ValueId id) {
    if (id == kNoValue) return;
    const Value& value = graph.value(id);
    out_ += StrCat("    ", name,
                   " [shape=ellipse, style=solid, label=", Quoted(value.name.empty() ? StrCat("%", id) : value.name),
                   ", tooltip=", Quoted(StrCat("%", id, " ", TypeAndShape(value))), "];\n");
  }

  // What has memory from run to run: drawn once, with edges to its readers.
  void DrawVariables(int index, const Graph& graph) {
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
      if (!graph.values[i].is_variable) continue;
      const std::string name = StrCat("g", index, "_v", i);
      DrawEnd(graph, name, static_cast<ValueId>(i));
      producers_.try_emplace(static_cast<ValueId>(i), name);
    }
  }

  void DrawNode(int index, const Graph& graph, const Node& node, const NodeReport& report) {
    const std::string name = StrCat("g", index, "n", report.node);
    const std::string provider = ProviderOf(report);
    providers_.insert(provider);
    std::string label = StrCat(report.node, ": ", node.op_name());
    if (!report.kernel.empty()) label += "\n" + report.kernel;
    for (const ValueId id : node.inputs) {
      if (id == kNoValue || !graph.value(id).is_constant || producers_.contains(id)) continue;
      label += "\nconstant " + TypeAndShape(graph.value(id));
    }
    out_ += StrCat("    ", name, " [fillcolor=\"", ColorOf(provider), "\", label=", Quoted(label),
                   provider == "removed" ? ", style=\"rounded,dashed\"" : "",
                   report.reason.empty() ? "" : ", tooltip=" + Quoted(report.reason), "];\n");
    for (const ValueId id : node.inputs) DrawEdge(graph, id, name);
    for (const ValueId id : node.outputs) {
      if (id != kNoValue) producers_[id] = name;
    }
    const Graph& in_file = inspection_.program->graphs[static_cast<std::size_t>(index)];
    const Node& as_written = in_file.nodes[static_cast<std::size_t>(report.node)];
    for (const CalledGraph& call : CalledGraphs(as_written)) calls_.push_back({name, call});
  }

  void DrawEdge(const Graph& graph, ValueId id, const std::string& to) {
    const auto from = producers_.find(id);
    if (id == kNoValue || from == producers_.end()) return;
    const Value& value = graph.value(id);
    out_ += StrCat("    ", from->second, " -> ", to, " [label=", Quoted(TypeAndShape(value)),
                   ", tooltip=", Quoted(StrCat("%", id, " ", value.name)), "];\n");
  }

  void DrawCalls() {
    for (const auto& [from, call] : calls_) {
      out_ += StrCat("  ", from, " -> ", Anchor(call.graph), " [style=dashed, label=", Quoted(call.role),
                     ", lhead=cluster_", call.graph, "];\n");
    }
  }

  void DrawLegend() {
    out_ += "  subgraph cluster_legend {\n    label=\"runs as\";\n";
    for (const std::string& provider : providers_) {
      out_ += StrCat("    ", Quoted("legend " + provider), " [label=", Quoted(provider), ", fillcolor=\"",
                     ColorOf(provider), "\"];\n");
    }
    out_ += "  }\n";
  }

  const Inspection& inspection_;
  std::string out_;
  std::map<ValueId, std::string> producers_;  // of the graph that is drawn: where an edge begins
  std::size_t next_report_ = 0;
  std::set<std::string> providers_;
  std::vector<std::pair<std::string, CalledGraph>> calls_;
};

}  // namespace

std::string DrawDot(const Inspection& inspection, std::string_view title) { return DotDrawing(inspection).Draw(title); }

}  // namespace tfld::engine
