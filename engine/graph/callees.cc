#include "engine/graph/callees.h"

#include <variant>

namespace tfld::engine {
namespace {

// One overload for each kind of options that names graphs.
struct CalleesOf {
  std::vector<int> operator()(const CallOnceAttributes& a) const { return {a.init_subgraph}; }
  std::vector<int> operator()(const IfAttributes& a) const { return {a.then_graph, a.else_graph}; }
  std::vector<int> operator()(const WhileAttributes& a) const { return {a.cond_graph, a.body_graph}; }
  std::vector<int> operator()(const StablehloScatterAttributes& a) const { return {a.update_graph}; }
  std::vector<int> operator()(const StablehloReduceWindowAttributes& a) const { return {a.body_graph}; }
  std::vector<int> operator()(const StablehloCaseAttributes& a) const {
    return {a.branch_graphs.begin(), a.branch_graphs.end()};
  }
  std::vector<int> operator()(const StablehloCompositeAttributes& a) const { return {a.decomposition_graph}; }
  template <typename Other>
  std::vector<int> operator()(const Other&) const {
    return {};
  }
};

}  // namespace

std::vector<int> Callees(const Node& node) { return std::visit(CalleesOf{}, node.attributes); }

}  // namespace tfld::engine
