#include "engine/base/str_cat.h"
#include "engine/graph/callees.h"
#include "engine/tools/graph_drawing.h"

namespace tfld::engine {
namespace {

// In the order of Callees.
std::vector<std::string> RolesOf(const Node& node) {
  if (std::holds_alternative<IfAttributes>(node.attributes)) return {"then", "else"};
  if (std::holds_alternative<WhileAttributes>(node.attributes)) return {"condition", "body"};
  if (std::holds_alternative<CallOnceAttributes>(node.attributes)) return {"initializer"};
  return {};
}

}  // namespace

std::vector<CalledGraph> CalledGraphs(const Node& node) {
  const std::vector<std::string> roles = RolesOf(node);
  std::vector<CalledGraph> calls;
  for (const int graph : Callees(node)) {
    const std::size_t position = calls.size();
    calls.push_back({graph, position < roles.size() ? roles[position] : StrCat("branch ", position)});
  }
  return calls;
}

}  // namespace tfld::engine
